import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { seededRandom, systemRandom } from '../../../runtime/random.ts'
import { agentPeerIdPrefix, createMetainfo, createSwarm, parseMetainfo, type Swarm } from '../../../swarm/index.ts'
import { fetchOrder } from '../../../swarm/webtorrent/fetch-order.ts'
import { eventually } from '../../support/eventually.ts'
import { MirrorFixture } from '../../support/mirror-fixture.ts'
import { metainfoOf, scratchDirectory, writeTree } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('webtorrent')
const swarms: Swarm[] = []
after(async () => {
  await Promise.all(swarms.map((swarm) => swarm.stop()))
  scratch.remove()
})

async function swarm(options: Partial<Parameters<typeof createSwarm>[0]> = {}, clock = systemClock): Promise<Swarm> {
  const started = createSwarm(
    {
      ...{ engine: 'webtorrent', listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix },
      ...options,
    },
    { clock, random: systemRandom, logger: silentLogger() },
  )
  swarms.push(started)
  await started.start()
  return started
}

describe('engine: webtorrent', () => {
  it('wants each piece once, in another order on each host', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer(), (pieceCount, seed) => {
        const runs = fetchOrder(pieceCount, seededRandom(seed))
        const pieces = runs.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
        assert.deepEqual(
          pieces.sort((a, b) => a - b),
          Array.from({ length: pieceCount }, (_, index) => index),
        )
      }),
    )
    assert.notDeepEqual(fetchOrder(1_000, seededRandom(1)), fetchOrder(1_000, seededRandom(2)))
  })

  it('speaks uTP when it is told to', async () => {
    writeTree(join(scratch.path, 'utp'), { f: 300_000 })
    const metainfo = await metainfoOf(join(scratch.path, 'utp/f'))
    const webtorrent = { utp: true, dht: false, dhtBootstrap: [], natTraversal: false, peerExchange: false }
    // TCP is on one address of loopback, uTP on all.
    const seeder = await swarm({ webtorrent, listen: { host: '127.0.0.2', port: 0 } })
    await seeder.add({ metainfo, directory: join(scratch.path, 'utp'), isReadOnly: true }).completed
    const transfer = (await swarm({ webtorrent })).add({ metainfo, directory: join(scratch.path, 'utp-out') })
    transfer.addPeers([`127.0.0.1:${seeder.port}`])
    await transfer.completed
    assert.deepEqual(readFileSync(join(scratch.path, 'utp-out/f')), readFileSync(join(scratch.path, 'utp/f')))
  })

  it('asks the web seeds once no peer has sent anything for a while, and again after they failed', async (test) => {
    const mirror = new MirrorFixture()
    await mirror.start()
    test.after(() => mirror.stop())
    writeTree(join(scratch.path, 'web'), { f: 300_000 })
    const path = join(scratch.path, 'web/f')
    mirror.files.set('/f', readFileSync(path))
    const metainfo = parseMetainfo(
      await createMetainfo({ path, announce: [], pieceLengthBytes: 32_768, urlList: [mirror.url] }),
    )
    const clock = new ManualClock()
    const transfer = (await swarm({}, clock)).add({ metainfo, directory: join(scratch.path, 'web-out') })
    await eventually('it fetches', () => transfer.progress().state === 'fetching')
    clock.advance(4_000)
    assert.deepEqual(mirror.requests, [])

    mirror.always = (_, response) => void response.writeHead(503).end()
    await eventually('it is asked', () => {
      clock.advance(1_000)
      return mirror.requests.length > 0
    })
    mirror.always = undefined
    await eventually('it is asked again, and gives all', () => {
      clock.advance(1_000)
      return transfer.progress().state === 'seeding'
    })
    assert.deepEqual(readFileSync(join(scratch.path, 'web-out/f')), readFileSync(path))
    const { bytesFromWebSeed, bytesFromPeers, peers, longestStallMs } = transfer.progress()
    assert.deepEqual([bytesFromWebSeed, bytesFromPeers, peers], [300_000, 0, 0])
    assert.ok(longestStallMs >= 5_000)
  })
})
