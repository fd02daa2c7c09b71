import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { it } from 'node:test'
import type { NetworkConfig } from '../../swarm/engine-config.ts'
import { parseMetainfo } from '../../swarm/index.ts'
import { eventually } from '../support/eventually.ts'
import { withInfo } from '../support/swarm-fixture.ts'
import { treeDigest } from '../support/tree-digest.ts'
import { addressOf, type ComplianceFixture, forEachEngine, metainfoIn, pieceBytes } from './fixture.ts'
import { dhtNode, greet, recordingTracker } from './stranger.ts'

forEachEngine('a swarm', (fixture) => {
  it('exchanges two torrents at once behind one port', async () => {
    const contents = [await fixture.content({ f: 800_000 }), await fixture.content({ 'tree/a': 800_000 })]
    const [seeder, fetcher] = [await fixture.swarm(), await fixture.swarm()]
    const outs = contents.map((_, number) => fixture.place(`two-${number}`))
    await Promise.all(
      contents.map(async (content, number) => {
        const metainfo = metainfoIn(content)
        await seeder.add({ metainfo, directory: content.directory, isReadOnly: true }).completed
        const transfer = fetcher.add({ metainfo, directory: outs[number]! })
        transfer.addPeers([addressOf(seeder)])
        await transfer.completed
      }),
    )
    assert.deepEqual(
      outs.map((out) => treeDigest(out)),
      contents.map(({ directory }) => treeDigest(directory)),
    )
    assert.equal(fetcher.transfers.length, 2)
    assert.ok(fetcher.transfers.every((transfer) => transfer.progress().state === 'seeding'))
  })

  it('takes a torrent once, and again after it was stopped', async () => {
    const content = await fixture.content({ f: 100_000 })
    const metainfo = metainfoIn(content)
    const swarm = await fixture.swarm()
    const options = { metainfo, directory: content.directory, isReadOnly: true }
    const first = swarm.add(options)
    assert.throws(() => swarm.add(options), { code: 'CONFLICT' })
    await first.completed
    await first.stop()
    await first.stop()
    assert.equal(first.progress().state, 'stopped')
    await swarm.add(options).completed
  })

  it('passes pieces on before it has all', async () => {
    const content = await fixture.content({ f: 60 * pieceBytes })
    const metainfo = metainfoIn(content)
    const [middle, last] = [await fixture.swarm(), await fixture.swarm()]
    const first = middle.add({ metainfo, directory: fixture.place('middle') })
    const second = last.add({ metainfo, directory: fixture.place('last') })
    second.addPeers([addressOf(middle)])
    first.addPeers([await fixture.seedHead(metainfo, content.path, 20 * pieceBytes)])
    await eventually('the head has gone through', () => second.progress().piecesDone === 20)
    first.addPeers([await fixture.seed(metainfo, content.directory)])
    await Promise.all([first.completed, second.completed])
    assert.deepEqual(treeDigest(fixture.place('last')), treeDigest(content.directory))
  })

  it('stops a fetch that verifies and one that waits for peers, and says goodbye to the tracker', async (test) => {
    const tracker = await recordingTracker()
    test.after(() => tracker.close())
    const content = await fixture.content({ f: 5_000_000 })
    const metainfo = metainfoIn(content)
    const swarm = await fixture.swarm()
    const verifying = swarm.add({ metainfo, directory: content.directory, announce: [tracker.url] })
    assert.equal(verifying.progress().state, 'verifying')
    await verifying.stop()
    await assert.rejects(verifying.completed, { code: 'FETCH_FAILED' })
    assert.deepEqual(readdirSync(content.directory), ['f'])
    assert.deepEqual(tracker.eventsOf(swarm), [])

    const waiting = swarm.add({ metainfo, directory: fixture.place('waiting'), announce: [tracker.url] })
    await eventually('it is announced', () => tracker.eventsOf(swarm).length > 0)
    await waiting.stop()
    await assert.rejects(waiting.completed, { code: 'FETCH_FAILED' })
    assert.equal(waiting.progress().state, 'stopped')
    assert.deepEqual(tracker.eventsOf(swarm), ['started', 'stopped'])
  })

  it('announces that it completed once, and only what it fetched', async (test) => {
    const tracker = await recordingTracker()
    test.after(() => tracker.close())
    const content = await fixture.content({ f: 500_000 })
    const metainfo = metainfoIn(content)
    const [seeder, fetcher] = [await fixture.swarm(), await fixture.swarm()]
    const announce = [tracker.url]
    await seeder.add({ metainfo, directory: content.directory, announce, isReadOnly: true }).completed
    await eventually('the seeder is announced', () => tracker.eventsOf(seeder).length > 0)
    await fetcher.add({ metainfo, directory: fixture.place('announced'), announce }).completed
    await eventually('completed is announced', () => tracker.eventsOf(fetcher).includes('completed'))
    const ports = [seeder, fetcher].map(({ port }) => ({ port }))
    await Promise.all([fetcher.stop(), seeder.stop()])
    assert.deepEqual(tracker.eventsOf(ports[0]!), ['started', 'stopped'])
    assert.deepEqual(tracker.eventsOf(ports[1]!), ['started', 'completed', 'stopped'])
  })

  it('says which port is in use', async () => {
    const first = await fixture.swarm()
    const second = fixture.newSwarm({ listen: { host: '127.0.0.1', port: first.port } })
    await assert.rejects(second.start(), { code: 'PORT_IN_USE', message: new RegExp(String(first.port)) })
  })

  it('listens on the address it was given alone', async () => {
    const { port } = await fixture.swarm({ listen: { host: '127.0.0.1', port: 0 } })
    const socket = connect(port, '127.0.0.2')
    const [error] = await once(socket, 'error')
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  })

  it('outlives strangers who talk nonsense', async () => {
    const content = await fixture.content({ f: 100_000 })
    const metainfo = metainfoIn(content)
    const swarm = await fixture.swarm()
    await swarm.add({ metainfo, directory: content.directory, isReadOnly: true }).completed
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x13BitTorrent protocol', '\0'.repeat(100), '\xff'.repeat(200)]) {
      const socket = connect(swarm.port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.end(text, 'latin1')
      await once(socket.resume(), 'close')
    }
    await fixture.fetch(addressOf(swarm), metainfo, fixture.place('after-nonsense'))
  })

  it('keeps a private torrent from peer exchange and the DHT (BEP 27)', async () => {
    const node = await dhtNode()
    const network = { dhtBootstrap: [`127.0.0.1:${node.port}`], dht: true, peerExchange: true }
    const webtorrent = { utp: false, natTraversal: false, ...network }
    const secret = await seeding(fixture, webtorrent, (info) => ({ ...info, private: 1 }))
    const open = await seeding(fixture, webtorrent, (info) => info)
    assert.equal(secret.metainfo.isPrivate, true)

    const [toSecret, toOpen] = [await greet(secret.address, secret.metainfo), await greet(open.address, open.metainfo)]
    assert.equal(toSecret.saysDht, false)
    assert.ok(!toSecret.extensions.includes('ut_pex'))
    if (fixture.engine === 'webtorrent') {
      // The same looks see what is there when it may be.
      assert.equal(toOpen.saysDht, true)
      assert.ok(toOpen.extensions.includes('ut_pex'))
      await eventually('the open torrent is looked for in the DHT', () => node.heardOf(open.metainfo.infoHash))
    }
    assert.ok(!node.heardOf(secret.metainfo.infoHash))
    node.close()
  })
})

async function seeding(
  fixture: ComplianceFixture,
  webtorrent: NetworkConfig,
  change: (info: Record<string, unknown>) => Record<string, unknown>,
) {
  const content = await fixture.content({ f: 100_000 })
  const metainfo = parseMetainfo(withInfo(content.torrent, change))
  return { metainfo, address: await fixture.seed(metainfo, content.directory, { webtorrent }) }
}
