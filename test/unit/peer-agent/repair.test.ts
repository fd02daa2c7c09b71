import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import { Artifacts } from '../../../peer-agent/fetch/artifacts.ts'
import { PhaseState } from '../../../proto/session.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import type { SwarmSession } from '../../../swarm/index.ts'
import { AgentFixture, desire } from '../../support/agent-fixture.ts'
import { eventually } from '../../support/eventually.ts'
import { type FixtureRelease, fixtureRelease } from '../../support/release-fixture.ts'
import { SessionFixture } from '../../support/session-fixture.ts'
import { scratchDirectory, startSession } from '../../support/swarm-fixture.ts'

const mib = 1024 * 1024
const scratch = scratchDirectory('repair')
const disk = join(scratch.path, 'disk')
mkdirSync(disk)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=30m', 'tmpfs', disk]).status === 0
const skip = !mounted && 'mounting a tmpfs needs root'
const sessions: SwarmSession[] = []
let coordinator: SessionFixture | undefined
let agent: AgentFixture | undefined
after(() => {
  if (mounted) spawnSync('umount', ['-l', disk])
  scratch.remove()
})
afterEach(async () => {
  await agent?.stop()
  await coordinator?.stop()
  await Promise.all(sessions.splice(0).map((session) => session.stop()))
})

async function session(): Promise<SwarmSession> {
  const started = await startSession()
  sessions.push(started)
  return started
}

const original = ({ directory, manifest }: FixtureRelease) => readFileSync(join(directory, manifest.artifact.fileName))

/** An agent that has the release and seeds it, alone until another one does `share` it. */
async function holding(release: FixtureRelease) {
  const source = await session()
  coordinator = new SessionFixture()
  await coordinator.start()
  agent = new AgentFixture({ directory: join(scratch.path, `agent-of-${release.manifest.releaseId}`), coordinator })
  await agent.start()
  const { metainfo, directory } = release
  const { artifact } = release.manifest
  const share = () => source.add({ metainfo, directory, fileName: artifact.fileName, isReadOnly: true })
  const seed = share()
  desire(coordinator, release, 'fetch')
  await coordinator.received('phaseReport', (report) => report.attemptId === 'fetch')
  seed.addPeers([agent.swarmAddress])
  assert.equal((await coordinator.finalOf('fetch')).state, PhaseState.PHASE_STATE_SUCCEEDED)
  await seed.stop()
  // What it fetched is still in its memory, and goes out from there.
  await agent.stop()
  await agent.start()
  const { transfers } = agent
  await eventually('it seeds again', () => transfers[0]!.progress().state === 'seeding')
  return { agent, share, path: agent.data('artifacts', artifact.infoHash, artifact.fileName) }
}

describe('an artifact whose file is changed while the agent seeds it', () => {
  const cases: [string, (path: string) => void][] = [
    ['altered', (path) => change(path, 100_000)],
    ['cut-off', (path) => truncateSync(path, 200_000)],
  ]
  for (const [name, damage] of cases)
    it(`is fetched again by itself: ${name}`, async () => {
      const release = await fixtureRelease(scratch.path, {
        releaseId: name,
        files: { 'file.txt': Buffer.from(systemRandom.bytes(600_000)) },
        deploy: {},
      })
      const { agent, share, path } = await holding(release)
      damage(path)
      const { metainfo } = release
      const other = (await session()).add({ metainfo, directory: join(scratch.path, `other-of-${name}`) })
      other.addPeers([agent.swarmAddress])
      await eventually('it is noticed', () => agent.transfers[0]!.progress().state === 'failed')
      const seed = share()
      await eventually('another agent has all of it', () => {
        // In a fleet the tracker brings them together.
        other.addPeers([agent.swarmAddress])
        seed.addPeers([agent.swarmAddress])
        return other.progress().state === 'seeding'
      })
      assert.equal(other.progress().bytesWasted, 0)
      const got = readFileSync(join(scratch.path, `other-of-${name}`, metainfo.name))
      assert.deepEqual(got, original(release))
      await eventually('its own file is right', () => readFileSync(path).equals(original(release)))
    })
})

describe('a fetch on a tight disk', () => {
  it('goes on when what is missing fits, though the whole would not', { skip }, async () => {
    const release = await fixtureRelease(scratch.path, {
      releaseId: 'tight',
      files: { 'file.bin': Buffer.from(systemRandom.bytes(12 * mib)) },
    })
    const { metainfo, torrent } = release
    const { artifact } = release.manifest
    const source = await session()
    const sent = source.add({ metainfo, directory: release.directory, fileName: artifact.fileName, isReadOnly: true })
    await sent.completed
    const swarm = await session()
    swarm.setLimits({ downloadBytesPerSecond: 8 * mib })
    const dependencies = { swarm, clock: systemClock, random: systemRandom, logger: silentLogger() }
    const artifacts = new Artifacts(disk, dependencies)
    const begin = (signal: AbortSignal, onProgress: (bytesDone: number) => void) => {
      const fetched = artifacts.fetch(artifact, torrent, {
        webSeeds: { urls: [] },
        signal,
        onProgress: ({ bytesDone }) => onProgress(bytesDone),
      })
      const dialling = systemClock.every(100, () => sent.addPeers([`127.0.0.1:${swarm.port}`]))
      return fetched.finally(() => dialling.cancel())
    }
    const breaking = new AbortController()
    const broken = begin(breaking.signal, (bytesDone) => {
      if (bytesDone >= 8 * mib) breaking.abort(new Error('broken off'))
    })
    await assert.rejects(broken, /broken off/)
    swarm.setLimits({})
    const { bytesReused } = await begin(new AbortController().signal, () => {})
    assert.ok(bytesReused >= 8 * mib)
    await artifacts.remove(artifact)
  })
})

function change(path: string, at: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from([readFileSync(path)[at]! ^ 1]), 0, 1, at)
  closeSync(file)
}
