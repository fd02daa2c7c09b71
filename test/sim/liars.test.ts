import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { addressOf, type NodeOptions, Simulation } from './simulation.ts'

const rate = 1_000_000

/** Four hosts, an honest seeder, and one that is not honest; until all hosts are done. */
function runWith(seed: number, liar: NodeOptions) {
  const simulation = new Simulation({ seed, pieceCount: 48 })
  const bad = simulation.add('liar', { uplinkBytesPerSecond: rate, ...liar })
  simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: rate, peerIdPrefix: '-RS0100-' })
  const hosts = [0, 1, 2, 3].map((index) => simulation.add(`host${index}`, { uplinkBytesPerSecond: rate }))
  simulation.introduceAll()
  simulation.run(() => hosts.every((host) => host.engine.isComplete))
  const lastMs = Math.max(...hosts.map((host) => host.completedMs!))
  const banned = hosts.flatMap((host) => host.bannedIds())
  assert.deepEqual(
    banned.filter((peerId) => peerId !== bad.peerId),
    [],
    `seed ${seed}: an honest peer was banned`,
  )
  return { simulation, bad, hosts, lastMs }
}

/** 48 pieces of 64 KiB at 1 MB/s take 3.1 s; a host that holds places of others costs some more. */
const soonMs = 12_000

describe('peers that speak of pieces and lie, in the simulator', () => {
  const liars: readonly [string, NodeOptions][] = [
    [
      'offers pieces and never sends them',
      { holds: 'all', tamper: (message) => (message.type === 'piece' ? undefined : message) },
    ],
    [
      'says that it has everything, and has nothing',
      { tamper: (message) => (message.type === 'haveNone' ? { type: 'haveAll' } : message) },
    ],
    [
      'declines everything as if it were on its way',
      {
        tamper: (message) =>
          message.type === 'request'
            ? { type: 'decline', piece: message.piece, hasRoom: true, coming: [message.piece] }
            : message,
      },
    ],
    [
      'declines everything for want of room',
      {
        tamper: (message) =>
          message.type === 'request' ? { type: 'decline', piece: message.piece, hasRoom: false, coming: [] } : message,
      },
    ],
    ['answers no offer', { tamper: (message) => (message.type === 'request' ? undefined : message) }],
    ['takes next to nothing of what it asked for', { downlinkBytesPerSecond: 1_000 }],
    [
      'never says what it has got',
      { tamper: (message) => (message.type === 'have' || message.type === 'haves' ? undefined : message) },
    ],
  ]
  for (const [index, [name, liar]] of liars.entries()) {
    const seed = 1_001 + index
    it(`one that ${name} holds nobody up for long (seed ${seed})`, () => {
      const { lastMs } = runWith(seed, liar)
      assert.ok(lastMs < soonMs, `seed ${seed}: the last host was done after ${lastMs} ms`)
    })
  }

  it('offers without end are declined, and the fetch goes on', () => {
    const simulation = new Simulation({ seed: 1_020, pieceCount: 48 })
    const host = simulation.add('host', { uplinkBytesPerSecond: rate })
    const good = simulation.add('good', { holds: 'all', uplinkBytesPerSecond: rate })
    const bad = simulation.add('bad', { tamper: (message) => (message.type === 'reject' ? undefined : message) })
    host.input({ type: 'peersFound', addresses: [good, bad].map(addressOf) })
    simulation.run(() => bad.links.size > 0)
    const connection = bad.links
      .values()
      .next()
      .value!.ends.find(({ node }) => node === host)!.id
    const flood = () => {
      for (let piece = 0; piece < 48; piece++)
        host.input({ type: 'received', connection, message: { type: 'offer', piece } })
      if (!host.engine.isComplete && host.links.has(connection)) simulation.after(10, flood)
    }
    simulation.after(50, flood)
    simulation.run(() => host.engine.isComplete)
    assert.ok(host.completedMs! < soonMs, `took ${host.completedMs} ms`)
    assert.ok(host.mostInMemory <= 48)
  })

  it('an offer, a decline or news of a piece out of range ends the connection it came on', () => {
    const messages: PeerMessage[] = [
      { type: 'offer', piece: 20 },
      { type: 'offer', piece: 4_000_000_000 },
      { type: 'decline', piece: 20, hasRoom: true, coming: [] },
      { type: 'haves', pieces: [1, 99] },
    ]
    for (const [index, message] of messages.entries()) {
      const seed = 1_030 + index
      const simulation = new Simulation({ seed, pieceCount: 20 })
      const good = simulation.add('good', { holds: 'all', uplinkBytesPerSecond: rate })
      const bad = simulation.add('bad')
      const host = simulation.add('host')
      host.input({ type: 'peersFound', addresses: [good, bad].map(addressOf) })
      simulation.run(() => bad.links.size > 0)
      const connection = bad.links
        .values()
        .next()
        .value!.ends.find(({ node }) => node === host)!.id
      simulation.after(20, () => host.input({ type: 'received', connection, message }))
      simulation.run(() => host.engine.isComplete)
      const dropped = host.log.some((output) => output.type === 'disconnect' && output.connection === connection)
      assert.ok(dropped, `seed ${seed}: ${JSON.stringify(message)} was put up with`)
    }
  })

  it('pieces that are said to come and do not exist change nothing', () => {
    const { lastMs } = runWith(1_040, {
      tamper: (message) =>
        message.type === 'request'
          ? { type: 'decline', piece: message.piece, hasRoom: true, coming: [4_000_000_000, 48] }
          : message,
    })
    assert.ok(lastMs < soonMs, `the last host was done after ${lastMs} ms`)
  })
})
