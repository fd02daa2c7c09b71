import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import bencode from 'bencode'
import { systemClock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { seededRandom, systemRandom } from '../../runtime/random.ts'
import { Announcer } from '../../swarm/announce/announcer.ts'
import { SecureTrackers } from '../../swarm/announce/secure-trackers.ts'
import { createPeerId, type InfoHash } from '../../swarm/identifiers.ts'
import { contextOptions } from '../../swarm/index.ts'
import { parseAddress } from '../../swarm/wire/compact-address.ts'
import { AnnounceServer } from '../../tracker/announce-server.ts'
import { eventually } from '../support/eventually.ts'
import { activeResources, mutated, noise } from '../support/mutations.ts'
import { SwarmAuthority, tlsOf } from '../support/swarm-authority.ts'

const infoHash = 'aa'.repeat(20)
const percent = (hex: string) => hex.replace(/../g, '%$&')
const good = `/announce?info_hash=${percent(infoHash)}&peer_id=-RA0100-000000000001&port=7000&left=1&uploaded=0&downloaded=0&compact=1&numwant=9&event=started`
/** A request line ends at a blank, and what stands behind it is another matter. */
const isOneLine = (target: string) => /^[!-~]*$/.test(target)

function announceServer(): AnnounceServer {
  return new AnnounceServer(
    { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 5_000, maxPeersPerAnnounce: 9, maxPeersPerSwarm: 50 },
    {
      isAdmitted: (known) => known === infoHash,
      onAnnounce: () => {},
      onRefused: () => {},
      logger: silentLogger(),
    },
  )
}

describe('malformed announces', () => {
  it('10,000 over HTTP are each answered, and leave nothing behind', async () => {
    const before = activeResources()
    const server = announceServer()
    await server.start()
    const random = seededRandom(41)
    const prefixes = ['//', '/scrape?info_hash=', '/announce?', 'http://[', '*', '/announce?event=__proto__&', good]
    const targets = Array.from({ length: 10_000 }, (_, round) => {
      for (;;) {
        const start = prefixes[round % prefixes.length]!
        const target = `${start}${mutated(Buffer.from(good), random).toString('latin1')}`
        if (isOneLine(target)) return target
      }
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const ask = (path: string) =>
      new Promise<string>((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port: server.httpPort, path, agent }, (response) => {
          let body = ''
          response.setEncoding('latin1').on('data', (text) => {
            body += text
          })
          response.on('end', () => resolve(`${response.statusCode} ${body}`))
        })
        asked.on('error', reject)
        asked.end()
      })
    const answers = await Promise.all(targets.map(ask))
    for (const [index, answer] of answers.entries())
      assert.match(answer, /^(200 d|400 |404 )/, `${targets[index]}: ${answer}`)
    assert.match(await ask(good), /^200 d.*5:peers/s)
    agent.destroy()
    const { seeders, leechers } = server.counts(infoHash)
    assert.ok(seeders + leechers <= 50)
    await server.stop()
    await eventually('nothing is left', () => {
      const { Timeout: _, ...left } = activeResources()
      const { Timeout: __, ...were } = before
      assert.deepEqual(left, were)
      return true
    })
  })

  it('10,000 over UDP are answered or passed over, and name nobody else’s address', async () => {
    const server = announceServer()
    await server.start()
    const random = seededRandom(42)
    const announce = Buffer.alloc(98)
    announce.writeBigUInt64BE(0x41727101980n)
    announce.writeUInt32BE(1, 8)
    announce.write(infoHash, 16, 'hex')
    announce.write('-RA0100-000000000001', 36)
    announce.writeUInt32BE(2, 80)
    announce.write('c0000207', 84, 'hex')
    announce.writeUInt32BE(9, 92)
    announce.writeUInt16BE(7000, 96)
    const connection = announce.subarray(0, 16)
    connection.writeUInt32BE(0, 8)
    const scrape = Buffer.concat([announce.subarray(0, 16), Buffer.from(infoHash.repeat(3), 'hex')])
    announce.writeUInt32BE(1, 8)
    scrape.writeUInt32BE(2, 8)
    const samples = [announce, Buffer.from(connection), scrape]
    const socket = createSocket('udp4')
    const port = server.udpPort!
    for (let round = 0; round < 10_000; round++) {
      const sample = samples[round % 3]!
      const bytes = round % 5 === 0 ? noise(random, 200) : mutated(sample, random)
      socket.send(bytes, port, '127.0.0.1')
      // So that the system's queue is not what takes most of them away.
      if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    announce.writeUInt32BE(0x5151_5151, 12)
    const answer = await eventually('it still answers', async () => {
      const answered = once(socket, 'message', { signal: AbortSignal.timeout(200) })
      socket.send(announce, port, '127.0.0.1')
      const [message] = (await answered) as [Buffer]
      return message.readUInt32BE(4) === 0x5151_5151 && message
    })
    assert.equal(answer.readUInt32BE(0), 1)
    const hosts = Array.from({ length: (answer.length - 20) / 6 }, (_, index) => answer.readUInt32BE(20 + 6 * index))
    assert.ok(hosts.length > 0 && hosts.every((host) => host === 0x7f00_0001))
    socket.close()
    await server.stop()
  })
})

describe('malformed answers of a tracker', () => {
  it('2,000 are used or passed over, whatever their types', async () => {
    const authority = await SwarmAuthority.create()
    const random = seededRandom(43)
    const answer = bencode.encode({
      interval: 5,
      'min interval': 1,
      complete: 1,
      incomplete: 2,
      peers: Buffer.from('7f0000011b587f0000021b58', 'hex'),
      peers6: new Uint8Array(18).fill(1),
      'tracker id': 'x',
      'warning message': 'w',
    })
    const odd = [{ peers: [{ ip: 5, port: {} }] }, { peers: 3, interval: -1 }, { interval: 1e15 }, { info_hash: 5 }, []]
    const bodies = Array.from({ length: 2_000 }, (_, round) =>
      round % 7 === 0 ? bencode.encode(odd[round % odd.length]!) : mutated(answer, random),
    )
    const { current } = await tlsOf(authority, 'tracker')
    let asked = 0
    const server = createServer({ ...contextOptions(current), requestCert: true }, (_request, response) => {
      response.end(bodies[asked++ % bodies.length])
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const trackers = new SecureTrackers(await tlsOf(authority, 'web-1'))
    const found: string[] = []
    const url = `https://localhost:${(server.address() as AddressInfo).port}/announce`
    const announcer = new Announcer(
      {
        infoHash: infoHash as InfoHash,
        peerId: createPeerId('-RA0100-', systemRandom),
        announce: [url],
        port: 7000,
        clientName: 't',
      },
      {
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger(),
        state: () => ({ uploaded: 0, downloaded: 0, left: 1, peers: 0, isComplete: false }),
        onPeers: (peers) => found.push(...peers),
        trackers,
      },
    )
    announcer.start()
    while (asked < bodies.length) {
      const before = asked
      for (let count = 0; count < 20; count++) announcer.completed()
      await eventually('it was asked', () => asked >= Math.min(bodies.length, before + 20))
    }
    await announcer.stop()
    trackers.stop()
    server.closeAllConnections()
    server.close()
    assert.ok(found.some((address) => parseAddress(address)?.host === '127.0.0.1'))
  })
})
