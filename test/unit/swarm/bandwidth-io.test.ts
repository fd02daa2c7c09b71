import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { agentPeerIdPrefix, type Metainfo, parseMetainfo, SwarmSession, type Transfer } from '../../../swarm/index.ts'
import { eventually } from '../../support/eventually.ts'
import { scratchDirectory, torrentOf, writeTree } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('bandwidth')
const sessions: SwarmSession[] = []
after(async () => {
  await Promise.all(sessions.map((session) => session.stop()))
  scratch.remove()
})

const mib = 1024 * 1024
/** As of a real artifact: a few small pieces under way are soon through, and a busy machine is late to ask for more. */
const pieceBytes = 256 * 1024
let places = 0
function place(): string {
  const path = join(scratch.path, String(places++))
  mkdirSync(path)
  return path
}

async function session(zone?: string): Promise<SwarmSession> {
  const made = new SwarmSession(
    { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix, zone },
    { clock: systemClock, random: systemRandom, logger: silentLogger() },
  )
  await made.start()
  sessions.push(made)
  return made
}

async function seed(seeder: SwarmSession, bytes: number): Promise<{ metainfo: Metainfo; transfer: Transfer }> {
  const directory = place()
  writeTree(directory, { f: bytes }, places)
  const metainfo = parseMetainfo(await torrentOf(join(directory, 'f'), [], pieceBytes))
  const transfer = seeder.add({ metainfo, directory, isReadOnly: true })
  await transfer.completed
  return { metainfo, transfer }
}

async function fetchFrom(seeder: SwarmSession, metainfo: Metainfo, zone?: string, by?: SwarmSession) {
  const transfer = (by ?? (await session(zone))).add({ metainfo, directory: place() })
  transfer.addPeers([`127.0.0.1:${seeder.port}`])
  return transfer
}

/** Bytes of blocks a second that the transfer brings in about a second and a half. */
async function rateOf(bytes: () => number): Promise<number> {
  const [startedMs, before] = [performance.now(), bytes()]
  await eventually('it goes on', () => performance.now() - startedMs > 1_500)
  return ((bytes() - before) * 1000) / (performance.now() - startedMs)
}

function near(actual: number, expected: number): void {
  assert.ok(actual > expected * 0.6 && actual < expected * 1.5, `${Math.round(actual)} for ${Math.round(expected)}`)
}

/** A machine that is busy with something else may send less than the cap, never more. */
function holds(actual: number, cap: number): void {
  assert.ok(actual > 0 && actual < cap * 1.5, `${Math.round(actual)} for at most ${Math.round(cap)}`)
}

describe('bandwidth on real sockets', () => {
  it('torrents share the way out alike, one with twelve peers and one with a single one', async () => {
    const seeder = await session()
    seeder.setLimits({ uploadBytesPerSecond: 6 * mib })
    const [crowded, lonely, idle] = [await seed(seeder, 8 * mib), await seed(seeder, 24 * mib), await seed(seeder, mib)]
    for (let peer = 0; peer < 12; peer++) await fetchFrom(seeder, crowded.metainfo)
    await fetchFrom(seeder, lonely.metainfo)
    const sent = () => [crowded.transfer, lonely.transfer].map((transfer) => transfer.progress().bytesUploaded)
    await eventually('it goes on', () => sent().every((bytes) => bytes > mib))
    const before = sent()
    await eventually('it goes on', () => sent().reduce((sum, bytes) => sum + bytes) > 14 * mib)
    const [toCrowd, toOne] = sent().map((bytes, index) => bytes - before[index]!) as [number, number]
    assert.ok(toOne / toCrowd > 0.6 && toOne / toCrowd < 1.6, `${toOne} to one peer, ${toCrowd} to twelve`)
    assert.equal(idle.transfer.progress().bytesUploaded, 0)
  })

  it('holds a cap on the way out, and another one as soon as it is set', async () => {
    const seeder = await session()
    seeder.setLimits({ uploadBytesPerSecond: 2 * mib })
    const { metainfo, transfer } = await seed(seeder, 32 * mib)
    const fetch = await fetchFrom(seeder, metainfo)
    await eventually('it goes on', () => fetch.progress().bytesFromPeers > 0)
    const sent = () => transfer.progress().bytesUploaded
    holds(await rateOf(sent), 2 * mib)
    seeder.setLimits({ uploadBytesPerSecond: 8 * mib })
    await eventually('more goes out than the first cap let', async () => {
      const rate = await rateOf(sent)
      holds(rate, 8 * mib)
      return rate > 3.5 * mib || fetch.progress().state === 'seeding'
    })
    assert.equal(fetch.progress().state, 'fetching', 'it came no faster')
    seeder.setLimits({})
    await fetch.completed
  })

  it('holds a cap on the way in from several peers, and snubs nobody for it', async () => {
    const [one, other] = [await session(), await session()]
    const { metainfo, transfer } = await seed(one, 32 * mib)
    const second = other.add({ metainfo, directory: place() })
    second.addPeers([`127.0.0.1:${one.port}`])
    await second.completed
    const fetcher = await session()
    fetcher.setLimits({ downloadBytesPerSecond: mib })
    const fetch = await fetchFrom(one, metainfo, undefined, fetcher)
    fetch.addPeers([`127.0.0.1:${other.port}`])
    await eventually('it goes on', () => fetch.progress().bytesFromPeers > 0)
    const received = () => fetch.progress().bytesFromPeers
    near(await rateOf(received), mib)
    fetcher.setLimits({ downloadBytesPerSecond: 5 * mib })
    near(await rateOf(received), 5 * mib)
    assert.equal(fetch.progress().peers, 2)
    assert.equal(fetch.progress().bytesWasted, 0)
    fetcher.setLimits({})
    await fetch.completed
    assert.ok(transfer.progress().bytesUploaded > 0)
  })

  it('caps what goes to other zones, and lets near peers pass', async () => {
    const seeder = await session('fra')
    seeder.setLimits({ perZone: { '*': mib } })
    const { metainfo } = await seed(seeder, 24 * mib)
    const far = [await fetchFrom(seeder, metainfo, 'ams'), await fetchFrom(seeder, metainfo, 'lon')]
    const received = () => far.reduce((sum, transfer) => sum + transfer.progress().bytesFromPeers, 0)
    await eventually('it goes on', () => received() > 0)
    near(await rateOf(received), mib)
    const nearby = await fetchFrom(seeder, metainfo, 'fra')
    await nearby.completed
    assert.ok(received() < 20 * mib, `${received()} bytes went to the other zones meanwhile`)
    seeder.setLimits({})
    await Promise.all(far.map((transfer) => transfer.completed))
  })
})
