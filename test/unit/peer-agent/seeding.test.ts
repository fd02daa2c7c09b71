import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { Seeding } from '../../../peer-agent/fetch/seeding.ts'
import { PhaseState } from '../../../proto/session.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { AgentFixture, desire, SeedFixture } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { type FixtureRelease, fixtureRelease } from '../../support/release-fixture.ts'
import { SessionFixture } from '../../support/session-fixture.ts'
import { scratchDirectory } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('seeding')
const seeder = new SeedFixture()
let coordinator: SessionFixture
let agent: AgentFixture
let cases = 0
before(() => seeder.start())
after(async () => {
  await seeder.stop()
  scratch.remove()
})
afterEach(async () => {
  await agent?.stop()
  await coordinator?.stop()
})

async function started(seedForMs: number): Promise<FixtureRelease> {
  coordinator = new SessionFixture()
  await coordinator.start()
  agent = new AgentFixture({
    directory: join(scratch.path, `agent-${cases++}`),
    coordinator,
    swarm: { seedForMs, limits: { uploadMbitPerSecond: 800 } },
  })
  await agent.start()
  const release = await fixtureRelease(scratch.path, {
    releaseId: `hello-${cases}`,
    files: { 'file.txt': `${cases}`.repeat(50_000) },
    deploy: {},
  })
  const seed = await seeder.seed(release)
  desire(coordinator, release, 'fetch')
  await coordinator.received('phaseReport', (report) => report.attemptId === 'fetch')
  seed.dial(agent)
  assert.equal((await coordinator.finalOf('fetch')).state, PhaseState.PHASE_STATE_SUCCEEDED)
  return release
}

const shares = ({ manifest }: FixtureRelease) => agent.parts!.artifacts.isShared(manifest.artifact)
const file = ({ manifest: { artifact } }: FixtureRelease) =>
  agent.data('artifacts', artifact.infoHash, artifact.fileName)
const want = (...releases: FixtureRelease[]) =>
  coordinator.send({ seedingWanted: { releaseIds: releases.map(({ manifest }) => manifest.releaseId) } })

describe('how long an agent seeds', () => {
  it('until nobody in its zone fetches the release; then the file stays, and it comes back when it is wanted', async () => {
    const release = await started(0)
    want(release)
    await eventually('it seeds', () => shares(release))
    want()
    await eventually('it has left the swarm', () => !shares(release))
    assert.ok(existsSync(file(release)))
    want(release)
    await eventually('it seeds again', () => shares(release))
    want()
    await eventually('it has left again', () => !shares(release))

    await agent.stop()
    await agent.start()
    assert.equal(shares(release), false)
    assert.ok(existsSync(file(release)))
    desire(coordinator, release, 'fetch-2')
    await coordinator.finalOf('fetch-2')
    want(release)
    await eventually('it seeds for the next host', () => shares(release))
  })

  it('for its time in any case, over a restart as well', async () => {
    const release = await started(3_600_000)
    want()
    // Messages are taken in order: once this one has taken effect, so has the other.
    coordinator.send({ swarmLimits: { uploadMbitPerSecond: 9 } })
    await eventually('it has heard', () => existsSync(agent.data('limits.json')))
    assert.ok(shares(release))
    await agent.stop()
    await agent.start()
    want()
    assert.ok(shares(release))
  })

  it('ends by the clock when nothing else happens', async () => {
    const release = await fixtureRelease(scratch.path, { releaseId: 'timed', files: { f: 'x' }, deploy: {} })
    const clock = new ManualClock()
    const shared = new Set<string>()
    const stored = {
      ...release,
      torrent: release.torrent,
      heldAtMs: 1,
      layout: undefined as never,
      signature: release.signature,
    }
    const seeding = new Seeding(
      { file: join(scratch.path, 'terms.json'), seedForMs: 60_000 },
      {
        ...{ clock, logger: silentLogger(), store: { all: () => [stored] } },
        webSeedsOf: () => ({ urls: [] }),
        artifacts: {
          seed: ({ infoHash }) => void shared.add(infoHash),
          leave: async ({ infoHash }) => shared.delete(infoHash),
          isShared: ({ infoHash }) => shared.has(infoHash),
        },
      },
    )
    await seeding.start()
    await seeding.want([])
    assert.equal(shared.size, 1)
    clock.advance(59_000)
    await seeding.want([])
    assert.equal(shared.size, 1)
    clock.advance(2_000)
    await seeding.stop()
    assert.equal(shared.size, 0)
  })
})

describe('caps that the coordinator orders', () => {
  it('count over those of the configuration, and after a restart', async () => {
    await started(0)
    assert.equal(agent.parts!.limits.current.uploadMbitPerSecond, 800)
    coordinator.send({ swarmLimits: { downloadMbitPerSecond: 50, zoneMbitPerSecond: { ams: 5 } } })
    const expected = { uploadMbitPerSecond: 800, downloadMbitPerSecond: 50, zoneMbitPerSecond: { ams: 5 } }
    await eventually('they count', () => agent.parts!.limits.current.downloadMbitPerSecond === 50)
    assert.deepEqual(agent.parts!.limits.current, expected)
    await agent.stop()
    await agent.start()
    assert.deepEqual(agent.parts!.limits.current, expected)
    coordinator.send({ swarmLimits: {} })
    await eventually('they are taken back', () => agent.parts!.limits.current.downloadMbitPerSecond === undefined)
  })
})
