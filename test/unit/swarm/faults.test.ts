import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { agentPeerIdPrefix, type Metainfo, parseMetainfo, SwarmSession, type Transfer } from '../../../swarm/index.ts'
import { AnnounceServer } from '../../../tracker/announce-server.ts'
import { eventually } from '../../support/eventually.ts'
import { metainfoOf, scratchDirectory, startSession, torrentOf, writeTree } from '../../support/swarm-fixture.ts'

const pieceBytes = 32_768
/** Longer than what a session keeps in memory, so that the disk is read. */
const totalBytes = 400 * pieceBytes
/** More than fit in memory, wherever they are: at least one of them is read from the disk. */
const alteredPieces = 300

const scratch = scratchDirectory('faults')
const sessions: SwarmSession[] = []
after(async () => {
  await Promise.all(sessions.map((session) => session.stop()))
  scratch.remove()
})

function place(name: string): string {
  const path = join(scratch.path, name)
  mkdirSync(path, { recursive: true })
  return path
}

async function session(): Promise<SwarmSession> {
  const started = await startSession()
  sessions.push(started)
  return started
}

/** A session that seeds after it was given everything by another. */
async function seeding(metainfo: Metainfo, directory: string, from?: SwarmSession) {
  const seeder = await session()
  const transfer = seeder.add({ metainfo, directory, isReadOnly: from === undefined })
  if (from) transfer.addPeers([`127.0.0.1:${from.port}`])
  await transfer.completed
  return { seeder, transfer }
}

async function fetching(metainfo: Metainfo, name: string, from: SwarmSession): Promise<Transfer> {
  const transfer = (await session()).add({ metainfo, directory: place(name) })
  transfer.addPeers([`127.0.0.1:${from.port}`])
  return transfer
}

function overwrite(path: string, at: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, 'changed', at)
  closeSync(file)
}

describe('an artifact that somebody changes while it is seeded', () => {
  it('ends the seeding before a false byte leaves, and is repaired by what is added again', async () => {
    writeTree(place('altered'), { f: totalBytes })
    const metainfo = await metainfoOf(join(scratch.path, 'altered/f'))
    const { seeder } = await seeding(metainfo, place('altered'))
    const damaged = await seeding(metainfo, place('altered-agent'), seeder)
    for (let piece = 0; piece < alteredPieces; piece++)
      overwrite(join(scratch.path, 'altered-agent/f'), piece * pieceBytes)
    const last = await fetching(metainfo, 'altered-last', damaged.seeder)
    await eventually('it is noticed', () => damaged.transfer.progress().state === 'failed')
    const { bytesWasted, bytesDone } = last.progress()
    assert.equal(bytesWasted, 0)
    assert.ok(bytesDone < totalBytes)

    const again = damaged.seeder.add({ metainfo, directory: place('altered-agent') })
    again.addPeers([`127.0.0.1:${seeder.port}`])
    const { bytesReused, bytesFromPeers } = await again.completed
    const alteredBytes = alteredPieces * pieceBytes
    assert.deepEqual([bytesReused, bytesFromPeers], [totalBytes - alteredBytes, alteredBytes])
    last.addPeers([`127.0.0.1:${damaged.seeder.port}`])
    await last.completed
    assert.deepEqual(readFileSync(join(scratch.path, 'altered-last/f')), readFileSync(join(scratch.path, 'altered/f')))
  })

  it('ends the seeding when it is cut off', async () => {
    writeTree(place('truncated'), { f: totalBytes })
    const metainfo = await metainfoOf(join(scratch.path, 'truncated/f'))
    const { seeder, transfer } = await seeding(metainfo, place('truncated'))
    truncateSync(join(scratch.path, 'truncated/f'), totalBytes / 2)
    const last = await fetching(metainfo, 'truncated-last', seeder)
    await eventually('it is noticed', () => transfer.progress().state === 'failed')
    assert.equal(last.progress().bytesWasted, 0)
    const again = seeder.add({ metainfo, directory: place('truncated'), isReadOnly: true })
    await assert.rejects(again.completed, { code: 'FETCH_FAILED', message: /200 of 400 pieces verify/ })
  })
})

describe('a wall clock that jumps an hour to and fro', () => {
  it('changes nothing for a swarm and its tracker', async (test) => {
    let jumps = 0
    const clock = { ...systemClock, now: () => systemClock.now() + (jumps++ % 2 === 0 ? 3_600_000 : -3_600_000) }
    const announced: string[] = []
    const limits = { intervalMs: 1_000, maxPeersPerAnnounce: 50, maxPeersPerSwarm: 100 }
    const tracker = new AnnounceServer(
      { host: '127.0.0.1', httpPort: 0, udpPort: 0, ...limits },
      {
        isAdmitted: () => true,
        onAnnounce: (_, event) => announced.push(event),
        onRefused: () => {},
        logger: silentLogger(),
      },
    )
    await tracker.start()
    test.after(() => tracker.stop())
    writeTree(place('clock'), { f: totalBytes })
    const announce = [`http://127.0.0.1:${tracker.httpPort}/announce`]
    const metainfo = parseMetainfo(await torrentOf(join(scratch.path, 'clock/f'), announce))
    const started = await Promise.all(
      [0, 1, 2].map(async () => {
        const options = { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix }
        const jumping = new SwarmSession(options, { clock, random: systemRandom, logger: silentLogger() })
        sessions.push(jumping)
        await jumping.start()
        return jumping
      }),
    )
    const turning = clock.every(10, () => clock.now())
    test.after(() => turning.cancel())
    const [seeder, ...others] = started
    seeder!.add({ metainfo, directory: place('clock'), isReadOnly: true })
    const transfers = others.map((other, index) => other.add({ metainfo, directory: place(`clock-${index}`) }))
    await Promise.all(transfers.map((transfer) => transfer.completed))
    for (const index of [0, 1])
      assert.deepEqual(
        readFileSync(join(scratch.path, `clock-${index}/f`)),
        readFileSync(join(scratch.path, 'clock/f')),
      )
    // Announces neither stop nor come in a flood.
    await eventually('they announce on', () => announced.filter((event) => event === 'update').length >= 3)
    assert.ok(announced.length < 30, `${announced.length} announces`)
  })
})
