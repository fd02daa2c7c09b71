import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { stringify } from 'yaml'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { SwarmSession, seederPeerIdPrefix } from '../../../swarm/index.ts'
import { activate, desire } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { fixturePublicKey, fixtureRelease } from '../../support/release-fixture.ts'
import { SessionFixture } from '../../support/session-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-hook-environment-'))
const repository = join(import.meta.dirname, '../../..')
const coordinator = new SessionFixture()
const seeder = new SwarmSession(
  { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: seederPeerIdPrefix },
  { clock: systemClock, random: systemRandom, logger: silentLogger() },
)
const record = join(root, 'data/apps/hello/process.json')
let agent: ChildProcess
let swarmPort: number

/** Everything a service manager or an operator may have told the agent alone. */
const secrets = {
  ...{ ROOKERY_TOKEN: 'secret-1', ROOKERY_AGENT_LOG_LEVEL: 'debug', ROOKERY_JOIN_TOKEN: 'secret-2' },
  ...{ NOTIFY_SOCKET: '/run/secret-3', CREDENTIALS_DIRECTORY: '/run/secret-4', LISTEN_FDS: '0' },
  ...{ AWS_SECRET_ACCESS_KEY: 'secret-5', SSH_AUTH_SOCK: '/run/secret-6', NODE_OPTIONS: '--no-warnings' },
}

before(async () => {
  await coordinator.start()
  await seeder.start()
  const [listenPort, port] = (await freePorts(2)) as [number, number]
  swarmPort = port
  mkdirSync(join(root, 'data'))
  writeFileSync(join(root, 'trusted.pem'), fixturePublicKey)
  const config = {
    ...{ host: 'web-1', pools: ['web'], coordinator: { url: coordinator.url }, environment: { PORT: '8101' } },
    ...{
      trustedKeysFile: join(root, 'trusted.pem'),
      dataDirectory: join(root, 'data'),
      deployRoot: join(root, 'root'),
    },
    ...{ listen: { port: listenPort }, swarm: { port } },
  }
  writeFileSync(join(root, 'agent.yml'), stringify(config))
  // Somebody left a file open for it, and lets everybody write what it makes.
  const start = `umask 0; exec 9< /etc/passwd; exec "$0" bin/rookery.js agent --config "$1"`
  agent = spawn('/bin/sh', ['-c', start, process.execPath, join(root, 'agent.yml')], {
    ...{ cwd: repository, env: { ...process.env, ...secrets }, stdio: 'ignore' },
  })
})
after(async () => {
  agent.kill('SIGTERM')
  await once(agent, 'exit')
  if (existsSync(record)) {
    const { process: app } = JSON.parse(readFileSync(record, 'utf8')) as { process: { pid: number } }
    process.kill(-app.pid, 'SIGKILL')
  }
  await coordinator.stop()
  await seeder.stop()
  rmSync(root, { recursive: true })
})

const ours =
  /^ROOKERY_(APP|RELEASE|RELEASE_ID|REVISION|ROLLOUT|ROLLOUT_ID|BATCH|HOST|POOL|POOLS|PREVIOUS_RELEASE|PREVIOUS_RELEASE_ID|PATH|HOOK|ATTEMPT|APP_PID|INSTANCE|STATSD_HOST|STATSD_PORT)$/
const system = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_ALL|LC_CTYPE|TZ|TMPDIR)$/

function foreign(text: string): string[] {
  const names = text.split('\n').flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? [])
  assert.ok(names.length > 10, text)
  return names.filter((name) => !ours.test(name) && !system.test(name) && name !== 'PORT' && name !== 'MODE')
}

it('hooks, app and probes see what is documented, and get no file, no secret and no loose umask of the agent’s', async () => {
  const shared = join(root, 'root/srv/hello/shared')
  const look = `umask; for file in /proc/self/fd/*; do readlink $file; done; true`
  const probe = { command: ['/bin/sh', '-c', `env > ${shared}/probe.part; mv ${shared}/probe.part ${shared}/probe`] }
  const release = await fixtureRelease(root, {
    releaseId: 'hello-1',
    files: { a: 'a' },
    deploy: {
      hooks: {
        prepare: { command: ['env'], deadlineMs: 5_000 },
        preActivate: { command: look, deadlineMs: 5_000 },
      },
      run: {
        command: ['/bin/sh', '-c', `env | grep -v '^\\(PWD\\|OLDPWD\\|SHLVL\\|_\\)='; ${look}; exec sleep 600`],
        ...{ environment: { MODE: 'live' }, stopSignal: 'SIGTERM', stopDeadlineMs: 1_000 },
      },
      readiness: { probes: [probe], intervalMs: 50, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 },
    },
  })
  const { metainfo, directory, manifest } = release
  const transfer = seeder.add({ metainfo, directory, fileName: manifest.artifact.fileName, isReadOnly: true })
  await transfer.completed
  await coordinator.received('hello')
  desire(coordinator, release, 'fetch')
  await coordinator.received('phaseReport')
  transfer.addPeers([`127.0.0.1:${swarmPort}`])
  await coordinator.finalOf('fetch')
  activate(coordinator, release, 'activate')
  const done = await coordinator.finalOf('activate')
  assert.equal(done.errorMessage, '')
  await eventually(
    'all was said',
    () => coordinator.text('app.stdout').includes('pipe:') || coordinator.text('app.stdout').includes('stdout.log'),
  )

  const hook = coordinator.text('hook.prepare')
  const app = coordinator.text('app.stdout')
  const probed = readFileSync(join(shared, 'probe'), 'utf8').replace(/^(PWD|OLDPWD|SHLVL|_)=.*\n/gm, '')
  for (const seen of [hook, app, probed]) {
    assert.deepEqual(foreign(seen), [])
    assert.ok(!/secret-|--no-warnings/.test(seen), seen)
    assert.match(seen, /^PORT=8101$/m)
  }
  for (const seen of [coordinator.text('hook.preActivate'), app]) {
    assert.match(seen, /^0022$/m)
    assert.ok(!seen.includes('/etc/passwd'), seen)
  }
})
