import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { doorwayLimits } from '../../swarm/io/doorway.ts'
import { messageIds } from '../../swarm/wire/message-ids.ts'
import { eventually } from '../support/eventually.ts'
import { btHandshake, clientHello, frame, HostilePeer, numbers } from '../support/hostile-peer.ts'
import { SwarmAuthority, TestTls } from '../support/swarm-authority.ts'
import { BesiegedSeeder, hostileAddresses, transports } from './besieged-seeder.ts'

/** What any attack may add to the seeder's memory, in MiB: its own limits are far below, the rest is the allocator's. */
const mostMemoryMiB = 64
/** One peer at a time may be in the act of closing. */
const spareSockets = 8

const repeated = (bytes: Uint8Array, count: number) => Buffer.concat(Array.from({ length: count }, () => bytes))
const extended = (number: number, content: string) =>
  frame(messageIds.extended, Buffer.concat([Buffer.from([number]), Buffer.from(content)]))

for (const transport of transports) {
  describe(`hostile peers of a seeder, ${transport}`, () => {
    let seeder: BesiegedSeeder
    let calm: { memoryMiB: number; openSockets: number }
    const attackers = new Set<{ end(): void }>()

    before(async () => {
      seeder = await BesiegedSeeder.start(transport)
      for (let round = 0; round < 2; round++) await seeder.fetch()
      calm = { memoryMiB: seeder.memoryMiB, openSockets: seeder.openSockets }
    })
    after(() => seeder.stop())

    const greeted = async (name: string, from?: string) => {
      const peer = await HostilePeer.greeted(await seeder.target(name, from), name)
      attackers.add(peer)
      return peer
    }

    /** The attack goes on while a good peer fetches; nothing of it stays behind. */
    async function withstand(attack: () => Promise<unknown>): Promise<void> {
      let most = 0
      const watch = setInterval(() => {
        most = Math.max(most, seeder.memoryMiB)
      }, 50)
      try {
        await Promise.all([attack(), seeder.fetch()])
        await seeder.fetch()
        assert.ok(seeder.isAlive)
        const limit = calm.openSockets + doorwayLimits.maxConnections + spareSockets
        assert.ok(seeder.openSockets <= limit, `${seeder.openSockets} sockets`)
        assert.ok(most - calm.memoryMiB < mostMemoryMiB, `${calm.memoryMiB} grew to ${most} MiB`)
      } finally {
        clearInterval(watch)
        for (const attacker of attackers) attacker.end()
        attackers.clear()
      }
      await eventually('its sockets are closed', () => seeder.openSockets <= calm.openSockets + 1)
    }

    it('ends connections that send frames no torrent needs', async () => {
      const wrong = [
        frame(messageIds.have, new Uint8Array(), 0xffff_ffff),
        frame(messageIds.piece, new Uint8Array(), 0x8000_0000),
        frame(messageIds.extended, new Uint8Array(100), 70_000),
        frame(99, new Uint8Array(10), 0x0100_0000),
        frame(messageIds.request, numbers(1, 2)),
        frame(messageIds.request, numbers(0, 0, 0xffff_ffff)),
        frame(messageIds.request, numbers(0xffff_ffff, 0, 16_384)),
        frame(messageIds.bitfield, new Uint8Array(3)),
        frame(messageIds.piece, new Uint8Array(40_000)),
        extended(0, 'l-3:'),
        extended(1, '\x00'),
      ]
      await withstand(async () => {
        for (const [index, bytes] of wrong.entries()) {
          const peer = await greeted(`wrong-${index}`)
          peer.send(frame(messageIds.haveNone), bytes)
          await peer.closed
        }
      })
    })

    const floods: Readonly<Record<string, () => Buffer>> = {
      'metadata requests': () => extended(3, 'd8:msg_typei0e5:piecei0ee'),
      'extended handshakes': () => extended(0, 'd1:md11:ut_metadatai3ee13:metadata_sizei9999999ee'),
      'addresses of others': () => extended(2, `d5:added${6 * 200}:${'\x01'.repeat(6 * 200)}e`),
      'messages nobody knows': () => frame(77, new Uint8Array(20)),
      have: () => frame(messageIds.have, numbers(0)),
      'have all': () => frame(messageIds.haveAll),
      'keep-alives': () => Buffer.alloc(4),
      cancels: () => frame(messageIds.cancel, numbers(0, 0, 16_384)),
      offers: () => extended(1, '\x00\x00\x00\x00\x00'),
    }
    for (const [what, message] of Object.entries(floods)) {
      it(`ends connections that flood it with ${what}`, async () => {
        await withstand(async () => {
          const peers = await Promise.all([0, 1].map((index) => greeted(`flood-${index}`, hostileAddresses[index])))
          const bytes = repeated(message(), 2_000)
          await Promise.all(
            peers.map(async (peer) => {
              peer.flood(bytes)
              await peer.closed
            }),
          )
        })
      })
    }

    it('ends connections that ask and ask and do not read', async () => {
      const requests = repeated(frame(messageIds.request, numbers(0, 0, 16_384)), 2_500)
      await withstand(async () => {
        // Whoever is not interested has no slot: each request is refused, and each refusal is to be read.
        for (const isInterested of [true, false]) {
          const peer = await greeted('greedy')
          peer.socket.pause()
          peer.send(frame(messageIds.haveNone), isInterested ? frame(messageIds.interested) : new Uint8Array())
          peer.flood(requests)
          // A paused socket does not see its end, only that it can write no more.
          await eventually('it was dropped', () => peer.socket.destroyed || !peer.socket.writable)
        }
      })
    })

    it('leaves peers that drip their handshake', async () => {
      await withstand(async () => {
        const target = await seeder.target('slow')
        const handshake = btHandshake(target.infoHash)
        const peers = hostileAddresses.flatMap((from) =>
          Array.from({ length: 10 }, () => new HostilePeer({ ...target, from })),
        )
        let at = 0
        const drip = setInterval(() => {
          for (const peer of peers) if (peer.socket.writable) peer.socket.write(handshake.subarray(at, at + 1))
          at++
        }, 500)
        for (const peer of peers) attackers.add(peer)
        await Promise.all(peers.map((peer) => peer.closed))
        clearInterval(drip)
      })
    })

    it('serves others while thousands of connections begin and say half of what they should', async () => {
      await withstand(async () => {
        const first =
          transport === 'plain'
            ? btHandshake(seeder.metainfo.infoHash)
            : await clientHello(await seeder.target('hello'))
        let open = 0
        for (let round = 0; round < 10; round++) {
          const sockets = hostileAddresses.flatMap((from) =>
            Array.from({ length: 50 }, () => half(seeder, from, first)),
          )
          await Promise.all(sockets.map((socket) => settled(socket)))
          for (const socket of sockets) attackers.add({ end: () => void socket.destroy() })
          open = Math.max(open, seeder.openSockets - calm.openSockets)
        }
        // The good peer's own connection may be one of them.
        assert.ok(open <= doorwayLimits.maxUnintroduced + spareSockets, `${open} stay open`)
      })
    })

    it('takes only so many connections of one address, and of one address in a torrent', async () => {
      await withstand(async () => {
        const sockets = Array.from({ length: 2_000 }, () => half(seeder, hostileAddresses[5]!, Buffer.from([0x13])))
        for (const socket of sockets) attackers.add({ end: () => void socket.destroy() })
        await Promise.all(sockets.map((socket) => settled(socket)))
        const open = seeder.openSockets - calm.openSockets
        assert.ok(open <= doorwayLimits.maxUnintroducedPerAddress + spareSockets, `${open} stay open`)
        for (const socket of sockets) socket.destroy()
        // All places of the torrent, under one address that has not knocked before.
        for (let index = 0; index < 60; index++) {
          const peer = await greeted(`crowd-${index}`, '127.0.1.1')
          peer.send(frame(messageIds.haveNone), frame(messageIds.interested))
        }
        await seeder.fetch()
      })
    })

    if (transport === 'tls') {
      it('serves others while strangers shake hands as fast as they can', async () => {
        const stranger = await SwarmAuthority.create('somebody else')
        const authority = seeder.authority!
        const shown = [
          new TestTls(await stranger.issue({ name: 'evil' }), authority),
          new TestTls(await authority.issue({ name: 'old', validMs: -1_000 }), authority),
        ]
        await withstand(async () => {
          const target = await seeder.target('nobody')
          let met = 0
          const lanes = Array.from({ length: 12 }, async (_, lane) => {
            for (let round = 0; round < 25; round++) {
              const from = hostileAddresses[lane % hostileAddresses.length]!
              const peer = new HostilePeer({ ...target, from, tls: shown[round % 2]! })
              peer.socket.write(btHandshake(target.infoHash))
              await peer.closed
              assert.equal(peer.received.length, 0)
              met++
            }
          })
          await Promise.all(lanes)
          assert.equal(met, 300)
        })
      })

      it('leaves plain peers without a word', async () => {
        await withstand(async () => {
          for (let round = 0; round < 50; round++) {
            const { tls: _, ...target } = await seeder.target('plain')
            const peer = new HostilePeer(target)
            peer.socket.write(btHandshake(target.infoHash))
            await peer.closed
            // At most TLS's own alert.
            assert.ok(!peer.received.includes('BitTorrent'))
          }
        })
      })
    }
  })
}

/** A connection that says no more than this. */
function half({ port }: BesiegedSeeder, from: string, bytes: Uint8Array): Socket {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from })
  socket.on('error', () => {})
  socket.resume()
  socket.write(bytes.subarray(0, Math.max(1, bytes.length - 20)))
  return socket
}

/** It stands, or it does not. */
async function settled(socket: Socket): Promise<void> {
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {})
}
