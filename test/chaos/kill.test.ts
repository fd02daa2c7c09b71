import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Rollout } from '../../proto/http/api.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository, type ServiceName } from '../support/flock.ts'
import { sampleApp } from '../support/sample-app.ts'

const distributeDeadlineMs = 2_000

/** Every service is killed in the middle of a rollout, with SIGKILL, and started again. */
describe('killed in the middle', () => {
  const flock = new Flock({ pools: { web: ['web-1', 'web-2'], api: ['api-1', 'api-2'] } })
  let commits: string[] = []
  let next = 0

  before(async () => {
    await flock.start()
    const repository = join(flock.directory, 'repository')
    const slowHook = { hooks: { preActivate: { command: 'sleep 0.5' } } }
    const trees = Array.from({ length: 7 }, (_, index) => {
      return sampleApp({
        version: `v${index}`,
        deploy: slowHook,
        ballast: randomBytes(6_000_000).toString('base64'),
        ...(index === 6 ? { rollout: { distributeDeadlineMs } } : {}),
      })
    })
    commits = makeRepository(repository, trees)
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
  })
  after(() => flock.stop())

  const starts = (host: string) =>
    readFileSync(join(flock.hostRoot(host), 'srv/sample/shared/starts'), 'utf8')
      .trim()
      .split('\n')

  async function kill(name: ServiceName): Promise<void> {
    await flock.process(name).kill('SIGKILL')
    await flock.startService(name)
  }

  /** Deploys the next revision, kills `name` once `when` holds, and checks that the rollout ends well all the same. */
  async function deployAndKill(name: ServiceName, what: string, when: (rollout: Rollout) => boolean): Promise<Rollout> {
    const version = next++
    const id = await flock.deploy({ app: 'sample', revision: commits[version] })
    await eventually(what, async () => when(await flock.rollout(id)))
    await kill(name)
    const rollout = await flock.ended(id, 90_000)
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    for (const host of flock.hosts) {
      assert.equal(await (await fetch(flock.appUrl(host, '/'))).text(), `v${version}`)
      assert.equal(
        starts(host).filter((start) => start === `v${version}`).length,
        1,
        `${host} was started more than once: ${starts(host)}`,
      )
    }
    return rollout
  }

  const fetching = (rollout: Rollout) => rollout.hosts.some((host) => host.state === 'fetching')
  const halfWay = (rollout: Rollout) =>
    rollout.hosts.some((host) => host.state === 'ready') && rollout.phase === 'activating'

  it('nobody, to begin with', async () => {
    await deployAndKill('tracker', 'done', (rollout) => rollout.phase === 'done')
  })

  it('an agent while it fetches', async () => {
    await deployAndKill('agent-web-1', 'fetching', fetching)
  })

  it('the seeder while agents fetch', async () => {
    await deployAndKill('seeder', 'fetching', fetching)
  })

  it('the coordinator while hosts are activated', async () => {
    await deployAndKill('coordinator', 'half way', halfWay)
  })

  it('an agent while it activates: its app is started once', async () => {
    await deployAndKill(
      'agent-web-2',
      'web-2 activating',
      (rollout) => rollout.hosts.find((host) => host.host === 'web-2')?.state === 'activating',
    )
  })

  it('the tracker while agents fetch', async () => {
    await deployAndKill('tracker', 'fetching', fetching)
  })

  it('nobody, but the coordinator stands still past the deadline of a fetch', async () => {
    const version = next++
    const id = await flock.deploy({ app: 'sample', revision: commits[version] })
    await eventually('fetching', async () => fetching(await flock.rollout(id)))
    const { child } = flock.process('coordinator')
    child.kill('SIGSTOP')
    // As long as it takes for the deadline of the release to pass.
    await new Promise((resolve) => setTimeout(resolve, distributeDeadlineMs + 1_500))
    child.kill('SIGCONT')
    const rollout = await flock.ended(id, 60_000)
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
  })

  it('apps outlive their agents, and a restarted agent adopts them', async () => {
    const before = flock.appProcesses()
    assert.equal(before.length, 4)
    for (const host of flock.hosts) await kill(`agent-${host}`)
    assert.deepEqual(flock.appProcesses(), before)
    for (const host of flock.hosts) assert.equal(await (await fetch(flock.appUrl(host, '/'))).text(), `v${next - 1}`)
  })
})
