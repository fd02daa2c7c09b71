import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PeerMessage } from '../../swarm/wire/messages.ts'
import { addressOf, type SimulatedPeer, Simulation } from './simulation.ts'

function requestedPieces(peer: SimulatedPeer): number[] {
  const pieces = peer.sent('request').map((message) => (message as PeerMessage & { type: 'request' }).piece)
  return [...new Set(pieces)]
}

const all = (count: number) => [...new Array(count).keys()]

describe('piece picking in the simulator', () => {
  it('asks for the rarest piece first', () => {
    const simulation = new Simulation({ seed: 11, pieceCount: 20 })
    const common = all(20).filter((piece) => piece !== 13)
    simulation.add('a', { holds: common, speaksOffers: false })
    simulation.add('b', { holds: common, speaksOffers: false })
    // It alone has piece 13; it does not hold everything, so its pieces count.
    const rare = simulation.add('c', { holds: all(20).filter((piece) => piece !== 2), speaksOffers: false })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: simulation.peers.slice(0, 3).map(addressOf) })
    simulation.run(() => host.engine.isComplete)
    const fromRare = rare.log.find((output) => output.type === 'sendBlock')
    assert.equal(fromRare?.type === 'sendBlock' && fromRare.piece, 13)
  })

  it('different peers begin with different pieces', () => {
    const simulation = new Simulation({ seed: 12, pieceCount: 40 })
    const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 200_000 })
    const hosts = all(4).map((index) => simulation.add(`host${index}`))
    for (const host of hosts) host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
    simulation.run(() => hosts.every((host) => requestedPieces(host).length > 0))
    const first = hosts.map((host) => requestedPieces(host)[0])
    assert.ok(new Set(first).size >= 3, `all began alike: ${first.join(', ')}`)
  })

  it('finishes a piece it began before it begins another', () => {
    const simulation = new Simulation({ seed: 13, pieceCount: 20, pieceLengthBytes: 256 * 1024 })
    const seeder = simulation.add('seeder', { holds: 'all' })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
    simulation.run(() => host.engine.isComplete)
    const order = host.sent('request').map((message) => (message as PeerMessage & { type: 'request' }).piece)
    const blocks = order.filter((piece) => piece === order[0]).length
    assert.deepEqual(new Set(order.slice(0, blocks)).size, 1, 'blocks of two pieces were asked for in turn')
  })

  it('in the endgame the last blocks come from whoever is faster, and few come twice', () => {
    const simulation = new Simulation({ seed: 14, pieceCount: 12 })
    simulation.add('slow', { holds: 'all', uplinkBytesPerSecond: 20_000 })
    simulation.add('fast', { holds: 'all', uplinkBytesPerSecond: 2_000_000 })
    const host = simulation.add('host')
    simulation.introduceAll()
    simulation.run(() => host.engine.isComplete)
    // The slow peer alone would need three seconds for each piece it was asked for.
    assert.ok(host.completedMs! < 2_500, `took ${host.completedMs} ms`)
    assert.ok(host.sent('cancel').length > 0)
    assert.ok(host.engine.counters.bytesWasted < 4 * 16 * 1024)
  })

  it('waits for a slow disk rather than gathering pieces in memory', () => {
    const simulation = new Simulation({ seed: 15, pieceCount: 64 })
    const limits = { maxIncomingBytes: 8 * 64 * 1024 }
    const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 100_000_000 })
    const host = simulation.add('host', { diskMs: 400, limits })
    host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
    simulation.run(() => host.engine.isComplete)
    assert.ok(host.mostInMemory <= 8, `${host.mostInMemory} pieces were in memory`)
  })
})
