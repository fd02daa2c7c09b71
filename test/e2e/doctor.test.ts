import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { FleetDifference, FleetReport } from '../../proto/http/fleet.ts'
import { eventually } from '../support/eventually.ts'
import { Flock, makeRepository } from '../support/flock.ts'
import { rookery } from '../support/process.ts'
import { sampleApp } from '../support/sample-app.ts'

describe('the doctor, on real processes', () => {
  const flock = new Flock({
    pools: { web: ['web-1', 'web-2'], api: ['api-1'] },
    coordinator: { 'agents.graceMs': 1_000, 'reconciliation.periodMs': 1_000 },
  })
  let commits: string[] = []
  const releases: string[] = []

  before(async () => {
    await flock.start()
    const repository = join(flock.directory, 'repository')
    commits = makeRepository(repository, [sampleApp({ version: 'v1' }), sampleApp({ version: 'v2' })])
    await flock.api('PUT', '/apps/sample', { source: { git: repository } })
    const rollout = await flock.ended(await flock.deploy({ app: 'sample', revision: commits[0] }))
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    releases.push(rollout.releaseId!)
  })
  after(() => flock.stop())

  const doctor = (...args: string[]) => rookery(['doctor', ...args, '--coordinator', flock.url])
  const path = (host: string, ...parts: string[]) => join(flock.hostRoot(host), 'srv/sample', ...parts)
  const found = async (host: string): Promise<FleetDifference[]> => {
    const { differences } = await flock.api<FleetReport>('GET', '/fleet/differences?fresh=true')
    return differences.filter((one) => one.host === host)
  }
  const isClean = () => eventually('nothing differs', async () => (await doctor('--fleet')).code === 0)
  const isLive = (host: string, releaseId: string) =>
    eventually(`${releaseId} is live on ${host}`, () => readlinkSync(path(host, 'current')) === `releases/${releaseId}`)

  it('finds all well', async () => {
    const { code, stdout } = await doctor('--fleet', '--digests')
    assert.equal(code, 0, stdout)
    for (const name of ['coordinator', 'token', 'version', 'clock', 'tracker', 'seeder'])
      assert.match(stdout, new RegExp(`^✓ ${name}: `, 'm'))
    assert.match(stdout, /^✓ 3 hosts as they should be$/m)
  })

  it('finds a file of the live release that was changed by hand, and has it unpacked anew', async () => {
    const file = path('web-1', 'current/server.js')
    const before = readFileSync(file, 'utf8')
    appendFileSync(file, '// somebody was here\n')
    rmSync(path('web-1', 'current/package.json'))
    assert.equal((await doctor('--fleet')).code, 0, 'nobody has read the files yet')
    const { code, stdout } = await doctor('--digests')
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^web-1 +sample +files +\S+ is not as .*package\.json \(missing\), server\.js \(content\) +refetch$/m,
    )
    assert.deepEqual(
      (await found('web-1')).map(({ kind }) => kind),
      ['files'],
    )
    const repair = await doctor('--repair', '--host', 'web-1')
    assert.match(repair.stdout, /^web-1 sample files: its agent unpacks the changed files/m)
    await isClean()
    assert.equal(readFileSync(file, 'utf8'), before)
    assert.equal((await doctor('--digests')).code, 0)
    assert.equal(await (await fetch(flock.appUrl('web-1', '/'))).text(), 'v1')
    assert.deepEqual(readdirSync(path('web-1', 'releases')), [releases[0]])
  })

  it('is clean again when a host that was stopped during a deploy is back', async () => {
    const id = await flock.deploy({ app: 'sample', revision: commits[1] })
    await flock.process('agent-web-2').kill('SIGTERM')
    const rollout = await flock.ended(id)
    assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    releases.push(rollout.releaseId!)
    assert.equal(readlinkSync(path('web-2', 'current')), `releases/${releases[0]}`)
    await flock.startService('agent-web-2')
    await isLive('web-2', releases[1]!)
    await isClean()
  })

  it('lists a host on which another release was put live by hand, and is clean when it caught up', async () => {
    await flock.process('agent-api-1').kill('SIGTERM')
    await flock.api('POST', '/hosts/api-1/drain')
    rmSync(path('api-1', 'current'))
    symlinkSync(`releases/${releases[0]}`, path('api-1', 'current'))
    await flock.startService('agent-api-1')
    const { code, stdout } = await eventually('the other release is listed', async () => {
      const outcome = await doctor('--host', 'api-1')
      return outcome.stdout.includes(`runs ${releases[0]} and should run ${releases[1]}`) && outcome
    })
    assert.equal(code, 1)
    assert.match(stdout, /^api-1 +sample +release .*it stays so while it is drained +-$/m)
    assert.match(stdout, /^api-1 +- +drained /m)
    await flock.api('POST', '/hosts/api-1/undrain')
    await isLive('api-1', releases[1]!)
    await isClean()
  })

  it('lists a host to which a deploy brought another release, until that is undone', async () => {
    const deploy = async (releaseId: string) => {
      const rollout = await flock.ended(await flock.deploy({ app: 'sample', releaseId, hosts: ['web-2'] }))
      assert.equal(rollout.phase, 'done', JSON.stringify(rollout))
    }
    await deploy(releases[0]!)
    const { code, stdout } = await doctor('--fleet')
    assert.equal(code, 1)
    assert.match(stdout, new RegExp(`^web-2 +sample +release +runs ${releases[0]} since a deploy named this host`, 'm'))
    assert.doesNotMatch(stdout, /^web-1/m, 'its neighbours are as they should be')
    await deploy(releases[1]!)
    await isClean()
  })

  it('misses a host that vanished', async () => {
    await flock.process('agent-web-1').kill('SIGKILL')
    const { code, stdout } = await eventually('it is away', async () => {
      const outcome = await doctor('--fleet', '--digests', '--json')
      return outcome.stdout.includes('"kind":"away"') && outcome
    })
    assert.equal(code, 1)
    assert.match(stdout, /"host":"web-1",.*"result":"away"/)
    await flock.startService('agent-web-1')
    await isClean()
  })

  it('counts differences for Prometheus, and refuses hosts nobody knows', async () => {
    const metrics = await (await fetch(`${flock.url}/metrics`)).text()
    assert.match(metrics, /rookery_fleet_differences\{kind="release"\} 0/)
    const { code, stderr } = await doctor('--host', 'nowhere')
    assert.deepEqual([code, /NOT_FOUND/.test(stderr)], [2, true])
  })

  it('says what keeps it from looking', async () => {
    const nobody = await rookery(['doctor', '--fleet', '--coordinator', 'http://127.0.0.1:1'])
    assert.equal(nobody.code, 4)
    assert.match(nobody.stdout, /^✗ coordinator: cannot reach/m)
    await flock.process('seeder').kill()
    const { code, stdout } = await doctor()
    assert.equal(code, 1)
    assert.match(stdout, /^✗ seeder: the seeder at .* does not answer.*look at the seeder’s log/m)
  })
})
