import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressOf, Simulation } from './simulation.ts'

describe('the web seed in the simulator', () => {
  it('a fetch without any peer ends by the web seed', () => {
    const simulation = new Simulation({ seed: 61, pieceCount: 20 })
    const host = simulation.add('host', { webSeed: { pieceMs: 50 } })
    host.input({ type: 'peersFound', addresses: ['nobody:1'] })
    simulation.run(() => host.engine.isComplete)
    assert.equal(host.engine.counters.bytesFromWebSeed, simulation.size.totalBytes)
    assert.ok(host.completedMs! >= 5_000, 'it was asked before peers had their time')
  })

  it('a fetch with every peer behind a dead link ends by the web seed, blocks in flight or not', () => {
    for (let seed = 62; seed < 66; seed++) {
      const simulation = new Simulation({ seed, pieceCount: 40 })
      let isCut = false
      const tamper = <T>(message: T) => (isCut ? undefined : message)
      const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 1_000_000, tamper })
      const host = simulation.add('host', { webSeed: { pieceMs: 20 } })
      host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
      simulation.runFor(500 + simulation.random.below(1_500))
      isCut = true
      simulation.run(() => host.engine.isComplete)
      const { bytesFromPeers, bytesFromSeeder, bytesFromWebSeed, bytesWasted } = host.engine.counters
      assert.ok(bytesFromPeers + bytesFromSeeder > 0 && bytesFromWebSeed > 0, `seed ${seed}`)
      assert.ok(bytesWasted <= 3 * 64 * 1024, `seed ${seed}: ${bytesWasted} bytes came twice`)
    }
  })

  it('is not asked while peers send, however slowly', () => {
    const simulation = new Simulation({ seed: 66, pieceCount: 8 })
    const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 20_000 })
    const host = simulation.add('host', { webSeed: { pieceMs: 1 } })
    host.input({ type: 'peersFound', addresses: [addressOf(seeder)] })
    simulation.run(() => host.engine.isComplete)
    assert.equal(host.engine.counters.bytesFromWebSeed, 0)
  })

  it('one that refuses is left alone for as long as it asks, and used afterwards', () => {
    const simulation = new Simulation({ seed: 67, pieceCount: 6 })
    const host = simulation.add('host', { webSeed: { pieceMs: 10, refuses: () => simulation.nowMs < 20_000 } })
    host.input({ type: 'peersFound', addresses: ['nobody:1'] })
    simulation.run(() => host.engine.isComplete)
    const asked = host.log.filter((output) => output.type === 'fetchPiece').length
    assert.ok(asked >= 6 + 10 && asked <= 6 + 16, `asked ${asked} times`)
  })

  it('peers that come back take over from it', () => {
    const simulation = new Simulation({ seed: 68, pieceCount: 200 })
    const host = simulation.add('host', { webSeed: { pieceMs: 100 } })
    const peer = simulation.add('peer', { holds: 'all' })
    host.input({ type: 'peersFound', addresses: [] })
    simulation.runFor(7_000)
    host.input({ type: 'peersFound', addresses: [addressOf(peer)] })
    simulation.run(() => host.engine.isComplete)
    const { bytesFromWebSeed } = host.engine.counters
    assert.ok(bytesFromWebSeed > 0 && bytesFromWebSeed < 40 * 64 * 1024, `${bytesFromWebSeed} bytes from the web seed`)
  })
})
