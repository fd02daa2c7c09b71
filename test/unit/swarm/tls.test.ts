import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { systemClock } from '../../../runtime/clock.ts'
import { silentLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import {
  agentPeerIdPrefix,
  createMetainfo,
  createSwarm,
  type Metainfo,
  parseMetainfo,
  type Swarm,
  type SwarmTls,
} from '../../../swarm/index.ts'
import { eventually } from '../../support/eventually.ts'
import { btHandshake, clientHello, HostilePeer } from '../../support/hostile-peer.ts'
import { SwarmAuthority, TestTls, tlsOf } from '../../support/swarm-authority.ts'
import { scratchDirectory, startSession, writeTree } from '../../support/swarm-fixture.ts'
import { treeDifferences, treeDigest } from '../../support/tree-digest.ts'

const scratch = scratchDirectory('tls')
const swarms: Swarm[] = []
const authority = await SwarmAuthority.create()
const other = await SwarmAuthority.create('somebody else')
let metainfo: Metainfo
let places = 0

before(async () => {
  writeTree(join(scratch.path, 'source'), { 'app.tar': 3_000_001 })
  metainfo = parseMetainfo(await createMetainfo({ path: join(scratch.path, 'source/app.tar'), announce: [] }))
})
after(async () => {
  await Promise.all(swarms.map((swarm) => swarm.stop()))
  scratch.remove()
})

async function start(tls: SwarmTls | undefined, clock = systemClock): Promise<Swarm> {
  const swarm = createSwarm(
    { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix, tls },
    { clock, random: systemRandom, logger: silentLogger() },
  )
  swarms.push(swarm)
  await swarm.start()
  return swarm
}

function place(): string {
  const path = join(scratch.path, `out-${++places}`)
  mkdirSync(path)
  return path
}

async function seeder(tls: TestTls, torrent = metainfo, clock = systemClock) {
  const swarm = await start(tls, clock)
  const transfer = swarm.add({ metainfo: torrent, directory: join(scratch.path, 'source'), isReadOnly: true })
  await transfer.completed
  return {
    swarm,
    transfer,
    address: `127.0.0.1:${swarm.port}`,
    target: { port: swarm.port, infoHash: torrent.infoHash },
  }
}

/** It was let in as far as a BitTorrent handshake. */
async function isAnswered(peer: HostilePeer): Promise<boolean> {
  peer.socket.write(btHandshake(metainfo.infoHash))
  await Promise.race([peer.closed, once(peer.socket, 'data').catch(() => {})])
  const isLetIn = peer.received.length > 0
  peer.end()
  return isLetIn
}

describe('a swarm over TLS', () => {
  it('fetches from who it dials and from who dials it, in TLS 1.3 with the cheapest cipher', async () => {
    const source = await seeder(await tlsOf(authority, 'seeder'))
    for (const dialler of ['fetcher', 'seeder']) {
      const swarm = await start(await tlsOf(authority, `web-${dialler}`))
      const directory = place()
      const transfer = swarm.add({ metainfo, directory })
      if (dialler === 'fetcher') transfer.addPeers([source.address])
      else source.transfer.addPeers([`127.0.0.1:${swarm.port}`])
      await transfer.completed
      assert.deepEqual(treeDifferences(treeDigest(join(scratch.path, 'source')), treeDigest(directory)), [])
    }
    const peer = await HostilePeer.greeted({ ...source.target, tls: await tlsOf(authority, 'web-3') })
    assert.ok(peer.socket instanceof TLSSocket)
    assert.deepEqual([peer.socket.getProtocol(), peer.socket.getCipher().name], ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'])
    peer.end()
  })

  it('answers nobody without a certificate of its authority that is valid now', async () => {
    const { target } = await seeder(await tlsOf(authority, 'seeder'))
    const strangers = {
      'of another authority': new TestTls(await other.issue({ name: 'evil' }), authority),
      expired: new TestTls(await authority.issue({ name: 'old', validMs: -60_000 }), authority),
      'self-made': new TestTls({ ...(await other.issue({ name: 'evil' })) }, authority),
    }
    for (const [who, tls] of Object.entries(strangers))
      assert.equal(await isAnswered(new HostilePeer({ ...target, tls })), false, who)
    const tls = await tlsOf(authority, 'web-1')
    const nobody = { cert: undefined, key: undefined }
    assert.equal(await isAnswered(new HostilePeer({ ...target, tls, more: nobody })), false, 'without a certificate')
    assert.equal(await isAnswered(new HostilePeer({ ...target, tls })), true, 'ours')
  })

  it('answers nobody who names no torrent of here, or another one later', async () => {
    const { target } = await seeder(await tlsOf(authority, 'seeder'))
    const tls = await tlsOf(authority, 'web-1')
    const unknown = 'ab'.repeat(20)
    for (const servername of [unknown, '', 'localhost', metainfo.infoHash.slice(0, 39)])
      assert.equal(await isAnswered(new HostilePeer({ ...target, tls, more: { servername } })), false, servername)
    const peer = new HostilePeer({ ...target, tls })
    peer.socket.write(btHandshake(unknown))
    await peer.closed
    assert.equal(peer.received.length, 0)
  })

  it('answers no plain peer, and is none that a plain port answers', async () => {
    const { target } = await seeder(await tlsOf(authority, 'seeder'))
    assert.equal(await isAnswered(new HostilePeer(target)), false)
    const plain = await startSession()
    swarms.push(plain)
    await plain.add({ metainfo, directory: join(scratch.path, 'source'), isReadOnly: true }).completed
    const tls = await tlsOf(authority, 'web-1')
    const peer = new HostilePeer({ port: plain.port, infoHash: metainfo.infoHash, tls })
    await peer.closed
    assert.equal(peer.received.length, 0)
  })

  it('says nothing to an impostor that it dials', async () => {
    const heard: Buffer[] = []
    const { key, certificate } = await other.issue({ name: 'impostor' })
    const impostor = createTlsServer({ key, cert: certificate, minVersion: 'TLSv1.3' }, (socket) => {
      socket.on('data', (data) => heard.push(data))
      socket.on('error', () => {})
    })
    let meetings = 0
    impostor.on('tlsClientError', () => meetings++)
    impostor.on('secureConnection', () => meetings++)
    impostor.listen(0, '127.0.0.1')
    await once(impostor, 'listening')
    const swarm = await start(await tlsOf(authority, 'web-1'))
    const transfer = swarm.add({ metainfo, directory: place() })
    transfer.addPeers([`127.0.0.1:${(impostor.address() as { port: number }).port}`])
    await eventually('it came twice', () => meetings >= 2)
    assert.equal(transfer.progress().peers, 0)
    assert.deepEqual(heard, [])
    await transfer.stop()
    impostor.close()
  })

  it('leaves a revoked peer at once, whoever dialled, and does not let it in again', async () => {
    const tls = await tlsOf(authority, 'seeder')
    const { target } = await seeder(tls)
    const mallory = await tlsOf(authority, 'mallory')
    const alice = await HostilePeer.greeted({ ...target, tls: await tlsOf(authority, 'alice') }, 'alice')
    const peer = await HostilePeer.greeted({ ...target, tls: mallory }, 'mallory')
    tls.revoke('mallory')
    await peer.closed
    assert.equal(await isAnswered(new HostilePeer({ ...target, tls: mallory })), false)
    assert.equal(alice.socket.destroyed, false)
    alice.end()

    const listening = await start(mallory)
    const empty = listening.add({ metainfo, directory: place() })
    const dialling = await tlsOf(authority, 'bob')
    const fetching = (await start(dialling)).add({ metainfo, directory: place() })
    fetching.addPeers([`127.0.0.1:${listening.port}`])
    await eventually('both are connected', () => empty.progress().peers === 1 && fetching.progress().peers === 1)
    dialling.revoke('mallory')
    await eventually('they are no longer', () => empty.progress().peers === 0)
    assert.equal(fetching.progress().peers, 0)
  })

  it('leaves peers of an authority that it no longer trusts, and takes those of a new one', async () => {
    const both = new TestTls(await authority.issue({ name: 'seeder' }), authority, other)
    const { target } = await seeder(both)
    const former = new TestTls(await authority.issue({ name: 'former' }), authority)
    const recent = new TestTls(await other.issue({ name: 'recent' }), authority)
    const [one, two] = [
      await HostilePeer.greeted({ ...target, tls: former }, 'former'),
      await HostilePeer.greeted({ ...target, tls: recent }, 'recent'),
    ]
    both.current = { ...both.current, authorities: [other.certificate] }
    both.changed()
    await one.closed
    assert.equal(two.socket.destroyed, false)
    assert.equal(await isAnswered(new HostilePeer({ ...target, tls: former })), false)
    two.end()
  })

  it('leaves a peer whose certificate expires', async () => {
    let skewMs = 0
    const clock = { ...systemClock, now: () => Date.now() + skewMs }
    const tls = await tlsOf(authority, 'seeder')
    const { target } = await seeder(tls, metainfo, clock)
    const brief = new TestTls(await authority.issue({ name: 'brief', validMs: 60_000 }), authority)
    const [peer, alice] = [
      await HostilePeer.greeted({ ...target, tls: brief }, 'brief'),
      await HostilePeer.greeted({ ...target, tls: await tlsOf(authority, 'alice') }, 'alice'),
    ]
    tls.changed()
    assert.equal(peer.socket.destroyed, false)
    skewMs = 61_000
    tls.changed()
    await peer.closed
    assert.equal(alice.socket.destroyed, false)
    alice.end()
  })

  it('shows its new certificate after a renewal', async () => {
    const tls = await tlsOf(authority, 'seeder')
    const { target } = await seeder(tls)
    const peer = await tlsOf(authority, 'web-1')
    const serial = async () => {
      const { socket, end } = await HostilePeer.greeted({ ...target, tls: peer })
      const { serialNumber } = (socket as TLSSocket).getPeerCertificate()
      end.call({ socket })
      return serialNumber
    }
    const before = await serial()
    tls.current = { ...tls.current, ...(await authority.issue({ name: 'seeder' })) }
    tls.changed()
    assert.notEqual(await serial(), before)
  })

  it('listens to its identity no longer than it runs', async () => {
    const tls = await tlsOf(authority, 'seeder')
    const { swarm } = await seeder(tls)
    assert.ok(tls.listeners > 0)
    await swarm.stop()
    assert.equal(tls.listeners, 0)
  })

  it('is not for the webtorrent engine', async () => {
    const tls = await tlsOf(authority, 'web-1')
    const options = { engine: 'webtorrent' as const, listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: 'x', tls }
    const dependencies = { clock: systemClock, random: systemRandom, logger: silentLogger() }
    assert.throws(() => createSwarm(options, dependencies), { code: 'CONFIG_INVALID', message: /engine: rookery/ })
  })
})

describe('a torrent that names its authority', () => {
  const secured = async (certificate: string) => {
    const path = join(scratch.path, 'source/app.tar')
    return parseMetainfo(await createMetainfo({ path, announce: [], sslCertificate: certificate }))
  }

  it('is exchanged with certificates of that authority', async () => {
    const torrent = await secured(authority.certificate)
    assert.notEqual(torrent.infoHash, metainfo.infoHash)
    const { address } = await seeder(await tlsOf(authority, 'seeder'), torrent)
    const fetching = (await start(await tlsOf(authority, 'web-1'))).add({ metainfo: torrent, directory: place() })
    fetching.addPeers([address])
    await fetching.completed
  })

  it('is refused without TLS, whatever the engine, and by who trusts others', async () => {
    const torrent = await secured(authority.certificate)
    const plain = await startSession()
    swarms.push(plain)
    const add = { metainfo: torrent, directory: place() }
    assert.throws(() => plain.add(add), { code: 'CONFLICT', message: /for TLS only: .*--certificate/ })
    const stranger = await start(await tlsOf(other, 'web-1'))
    assert.throws(() => stranger.add(add), {
      code: 'CONFLICT',
      message: /swarm test authority.*none of the authorities/,
    })
    assert.deepEqual(stranger.transfers, [])
  })
})

describe('the room before a torrent is named', () => {
  it('is given back by connections that end in the middle of a TLS handshake', async () => {
    const { target } = await seeder(await tlsOf(authority, 'seeder'))
    const tls = await tlsOf(authority, 'web-1')
    const hello = await clientHello({ infoHash: metainfo.infoHash, tls })
    for (let round = 0; round < 3; round++) {
      const halves = Array.from({ length: 60 }, () => connect(target.port, '127.0.0.1'))
      await Promise.all(halves.map((socket) => once(socket, 'connect')))
      for (const [index, socket] of halves.entries()) socket.write(hello.subarray(0, 1 + ((index * 7) % hello.length)))
      for (const socket of halves) socket.destroy()
    }
    assert.equal(await isAnswered(new HostilePeer({ ...target, tls })), true)
  })
})
