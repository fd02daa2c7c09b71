import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../runtime/random.ts'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { addressOf, Simulation } from './simulation.ts'

/** Turns some of the blocks it sends into wrong ones. */
function poisoner(share: number, seed: number) {
  const random = seededRandom(seed)
  return (message: PeerMessage): PeerMessage => {
    if (message.type !== 'piece' || random.next() >= share) return message
    const data = message.data.slice()
    data[random.below(data.length)]! ^= 0x40
    return { ...message, data }
  }
}

describe('hostile peers in the simulator', () => {
  for (const [share, seed] of [
    [1, 21],
    [0.1, 22],
    [0.3, 23],
    [0.02, 24],
  ] as const) {
    it(`one that poisons ${share * 100} % of its blocks is banned, nobody else is, and the fetch ends (seed ${seed})`, () => {
      const simulation = new Simulation({ seed, pieceCount: 24 })
      const liar = simulation.add('liar', { holds: 'all', tamper: poisoner(share, seed) })
      const honest = simulation.add('honest', { holds: 'all', uplinkBytesPerSecond: 1_000_000 })
      const hosts = [0, 1, 2].map((index) => simulation.add(`host${index}`))
      simulation.introduceAll()
      simulation.run(() => hosts.every((host) => host.engine.isComplete))
      for (const host of hosts) {
        const banned = host.bannedIds()
        assert.ok(!banned.includes(honest.peerId), `seed ${seed}: an honest seeder was banned`)
        for (const other of hosts) assert.ok(!banned.includes(other.peerId), `seed ${seed}: an honest host was banned`)
      }
      if (share > 0.2) assert.ok(hosts.some((host) => host.bannedIds().includes(liar.peerId)))
    })
  }

  it('a piece that two peers sent is fetched from one alone, and then names the liar', () => {
    const simulation = new Simulation({ seed: 25, pieceCount: 3, pieceLengthBytes: 512 * 1024 })
    const liar = simulation.add('liar', { holds: 'all', tamper: poisoner(0.5, 1), uplinkBytesPerSecond: 300_000 })
    const honest = simulation.add('honest', { holds: 'all', uplinkBytesPerSecond: 300_000 })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: [addressOf(liar), addressOf(honest)] })
    simulation.run(() => host.engine.isComplete)
    assert.deepEqual(host.bannedIds(), [liar.peerId])
  })

  it('a peer that serves nobody is snubbed after two seconds, and others serve its blocks', () => {
    const simulation = new Simulation({ seed: 26 })
    const silent = simulation.add('silent', {
      holds: 'all',
      tamper: (message) => (message.type === 'piece' ? undefined : message),
    })
    simulation.add('good', { holds: 'all', uplinkBytesPerSecond: 1_000_000 })
    const host = simulation.add('host')
    simulation.introduceAll()
    simulation.run(() => host.engine.isComplete)
    assert.ok(host.completedMs! < 6_000, `took ${host.completedMs} ms`)
    assert.deepEqual(host.bannedIds(), [])
    assert.equal(silent.links.size <= 1, true)
  })

  it('a peer that falls silent for a while is used again once it speaks', () => {
    const simulation = new Simulation({ seed: 27 })
    const isMute = () => simulation.nowMs > 300 && simulation.nowMs < 6_000
    const held: PeerMessage[] = []
    const only = simulation.add('only', {
      holds: 'all',
      uplinkBytesPerSecond: 400_000,
      tamper: (message) => {
        if (message.type !== 'piece' || !isMute()) return message
        held.push(message)
        return undefined
      },
    })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: [addressOf(only)] })
    simulation.after(6_000, () => {
      for (const message of held)
        for (const [id] of host.links) host.input({ type: 'received', connection: id, message })
    })
    simulation.run(() => host.engine.isComplete, 60_000)
  })

  it('a peer that holds back for good is let go', () => {
    const simulation = new Simulation({ seed: 28 })
    const silent = simulation.add('silent', {
      holds: 'all',
      tamper: (message) => (message.type === 'piece' ? undefined : message),
    })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: [addressOf(silent)] })
    simulation.run(() => host.log.some((output) => output.type === 'disconnect'), 60_000)
  })

  it('nonsense ends the connection it came on, and nothing else', () => {
    const nonsense: PeerMessage[] = [
      { type: 'have', piece: 4_000_000_000 },
      { type: 'bitfield', bits: new Uint8Array(1) },
      { type: 'bitfield', bits: new Uint8Array(3).fill(0xff) },
      { type: 'request', piece: 99, offset: 0, length: 16_384 },
      { type: 'request', piece: 0, offset: 65_000, length: 16_384 },
      { type: 'request', piece: 0, offset: 0, length: 10_000_000 },
      { type: 'piece', piece: 3, offset: 7, data: new Uint8Array(16_384) },
      { type: 'piece', piece: 77, offset: 0, data: new Uint8Array(16_384) },
      { type: 'piece', piece: 3, offset: 0, data: new Uint8Array(5) },
    ]
    for (const [index, message] of nonsense.entries()) {
      const simulation = new Simulation({ seed: 30 + index, pieceCount: 20 })
      const good = simulation.add('good', { holds: 'all', uplinkBytesPerSecond: 1_000_000 })
      const host = simulation.add('host')
      const bad = simulation.add('bad', { uplinkBytesPerSecond: 1_000_000 })
      host.input({ type: 'peersFound', addresses: [good, bad].map(addressOf) })
      simulation.run(() => bad.links.size > 0)
      const [link] = bad.links.values()
      const end = link!.ends.find(({ node }) => node === host)!
      simulation.after(50, () => host.input({ type: 'received', connection: end.id, message }))
      simulation.run(() => host.engine.isComplete)
      const dropped = host.log.filter((output) => output.type === 'disconnect' && output.connection === end.id)
      assert.equal(dropped.length, 1, `${JSON.stringify(message).slice(0, 60)} was put up with`)
    }
  })

  it('blocks that nobody asked for are put up with only so long', () => {
    const simulation = new Simulation({ seed: 45, pieceCount: 40 })
    const host = simulation.add('host')
    const pusher = simulation.add('pusher')
    host.input({ type: 'peersFound', addresses: [addressOf(pusher)] })
    simulation.run(() => host.links.size > 0)
    const [id] = host.links.keys()
    simulation.runFor(100)
    for (let round = 0; round < 400; round++) {
      const data = simulation.pieceBytes(round % 40).subarray(0, 16_384)
      host.input({ type: 'received', connection: id!, message: { type: 'piece', piece: round % 40, offset: 0, data } })
    }
    simulation.runFor(100)
    assert.equal(host.links.size, 0)
    assert.equal(host.received.size, 0)
  })
})
