import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, describe, it } from 'node:test'
import { launchAs } from '../../../peer-agent/process/launch.ts'
import { systemUser } from '../../../peer-agent/process/system-user.ts'
import type { Deploy } from '../../../proto/release-manifest.ts'
import { AgentCase } from '../../support/agent-case.ts'
import { activate, desire } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import type { FixtureRelease } from '../../support/release-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const needsRoot = process.getuid?.() !== 0 && 'only root may become another user'
const scratch = scratchDirectory('users')
// Others than root are to come in.
chmodSync(scratch.path, 0o755)
after(() => scratch.remove())

const user = 'nobody'
const id = (...args: string[]) => execFileSync('id', [...args, user], { encoding: 'utf8' }).trim()
const told = 'echo "$1: $(id -un) $(id -G) $USER $HOME"'
const tell = (what: string) => ({ command: ['/bin/sh', '-c', told, 'sh', what], deadlineMs: 5_000 })

let settings: Record<string, unknown>
let host: AgentCase
let count = 0
beforeEach(async () => {
  settings = {}
  host = new AgentCase(join(scratch.path, `case-${count++}`), settings)
  await host.start()
})
afterEach(async () => {
  const record = host.agent.data('apps/hello/process.json')
  await host.stop()
  if (!existsSync(record)) return
  const { process: app } = JSON.parse(readFileSync(record, 'utf8')) as { process: { pid: number } }
  try {
    process.kill(-app.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
})

const appOf = (command: string, environment = {}): Partial<Deploy> => ({
  run: { command, environment, stopSignal: 'SIGTERM', stopDeadlineMs: 1_000 },
})

async function live(release: FixtureRelease): Promise<void> {
  await host.fetched(release)
  await host.activated(release)
}

describe('a release with a user', { skip: needsRoot }, () => {
  it('has its hooks, its app and its probes run as that user, with nothing of the agent’s', async () => {
    const shared = host.agent.path('shared')
    const probe = { command: ['/bin/sh', '-c', `id -un > ${join(shared, 'probe')}`] }
    const readiness = { probes: [probe], intervalMs: 20, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 }
    const app = `id -un; id -G; grep -E "^(CapEff|CapInh|CapAmb|Groups)" /proc/self/status; touch ${shared}/app; exec sleep 600`
    const release = await host.release('hello-1', {
      ...{ user, readiness, hooks: { prepare: tell('prepare'), postActivate: tell('post') } },
      ...appOf(app),
    })
    await live(release)
    const home = execFileSync('getent', ['passwd', user], { encoding: 'utf8' }).split(':')[5]
    const { coordinator } = host
    await coordinator.until('its output', () => coordinator.text('app.stdout').includes('CapAmb') || undefined)
    const expected = `${user} ${id('-G')} ${user} ${home}\n`
    assert.equal(coordinator.text('hook.prepare'), `prepare: ${expected}`)
    assert.equal(coordinator.text('hook.postActivate'), `post: ${expected}`)
    const [name, groups, ...status] = coordinator.text('app.stdout').split('\n')
    assert.equal(name, user)
    assert.equal(groups, id('-G'))
    for (const line of status.filter((text) => text.startsWith('Cap'))) assert.match(line, /:\t0+$/)
    assert.equal(readFileSync(join(shared, 'probe'), 'utf8'), `${user}\n`)
    assert.equal(lstatSync(shared).uid, Number(id('-u')))
    assert.equal(lstatSync(join(shared, 'app')).uid, Number(id('-u')))
  })

  it('cannot change its release, the agent’s data, or the agent', async () => {
    const release = await host.release('hello-1', { user, ...appOf('exec sleep 600') })
    await live(release)
    const targets = [
      host.agent.path('current/file.txt'),
      host.agent.path('releases/x'),
      host.agent.path('x'),
      host.agent.data('x'),
    ]
    const tries = targets.map((path) => `(echo x > ${path}) 2>/dev/null && echo wrote ${path}`)
    const command = `${tries.join('; ')}; kill -TERM ${process.pid} 2>/dev/null && echo signalled; true`
    const next = await host.release('hello-2', { user, hooks: { prepare: { command, deadlineMs: 5_000 } } })
    await live(next)
    assert.equal(host.coordinator.text('hook.prepare'), '')
  })

  it('is started by programs that nothing of it was loaded into', async () => {
    const environment = { LD_PRELOAD: '/srv/evil.so', PATH: '/srv/evil:/usr/bin:/bin' }
    const release = await host.release('hello-1', { user, ...appOf('exec sleep 600', environment) })
    await live(release)
    const nobody = await systemUser(user)
    const { file, args, environment: early } = launchAs(nobody, ['/bin/true'], environment)
    assert.match(file, /^\/(usr\/)?s?bin\/setpriv$/)
    assert.equal(early.LD_PRELOAD, undefined)
    assert.ok(args.join(' ').endsWith('-- /usr/bin/env LD_PRELOAD=/srv/evil.so /bin/true'))
    const { coordinator } = host
    await coordinator.until('the loader’s word', () => coordinator.text('app.stderr').includes('\n') || undefined)
    // The shell, and the sleep it becomes: neither setpriv nor env.
    const words = coordinator.text('app.stderr').trim().split('\n')
    assert.ok(words.length <= 2 && words.every((line) => line.includes('/srv/evil.so')), words.join('\n'))
  })

  it('is refused when there is no such user, or none that this host allows', async () => {
    const unknown = await host.release('hello-1', { user: 'no-such-user' })
    desire(host.coordinator, unknown, 'unknown')
    assert.match((await host.failed('unknown', 'NOT_ALLOWED_HERE')).errorMessage, /there is no such user/)
    settings.limits = { users: [user] }
    await host.restart()
    const own = await host.release('hello-2')
    desire(host.coordinator, own, 'own')
    assert.match((await host.failed('own', 'NOT_ALLOWED_HERE')).errorMessage, /deploy\.user root/)
    await host.fetched(await host.release('hello-3', { user }))
  })
})

describe('the limits of a host', () => {
  it('hold before anything is fetched, and again before it goes live', async () => {
    const release = await host.release('hello-1', { hooks: { prepare: tell('prepare') } })
    settings.limits = { deployPaths: ['/opt'] }
    await host.restart()
    desire(host.coordinator, release, 'fetch')
    assert.match((await host.failed('fetch', 'NOT_ALLOWED_HERE')).errorMessage, /deploy\.path \/srv\/hello/)
    assert.equal(existsSync(host.agent.path()), false)
    settings.limits = {}
    await host.restart()
    await host.fetched(release)
    settings.limits = { commands: ['node'] }
    await host.restart()
    activate(host.coordinator, release, 'activate')
    assert.match((await host.failed('activate', 'NOT_ALLOWED_HERE')).errorMessage, /deploy\.hooks\.prepare\.command/)
    assert.equal(host.coordinator.text('hook.prepare'), '')
  })

  it('leave what runs alone when they are made later', async () => {
    await live(await host.release('hello-1', appOf('echo started $$; exec sleep 600')))
    settings.limits = { commands: ['node'] }
    await host.restart()
    const { coordinator } = host
    await coordinator.until('a second session', () => coordinator.sessions >= 2 || undefined)
    const pid = Number(/started (\d+)/.exec(coordinator.text('app.stdout'))?.[1])
    await eventually('it runs', () => existsSync(`/proc/${pid}`))
  })

  it('see through a link that was made after the release came', async () => {
    const release = await host.release('hello-1')
    await host.fetched(release)
    const releases = host.agent.path('releases')
    execFileSync('mv', [releases, `${releases}.moved`])
    symlinkSync('/usr', releases)
    activate(host.coordinator, release, 'activate')
    assert.match((await host.failed('activate', 'NOT_ALLOWED_HERE')).errorMessage, /outside the deploy root/)
    execFileSync('rm', [releases])
  })
})
