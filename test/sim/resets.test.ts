import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Simulation } from './simulation.ts'

describe('resets in the simulator', () => {
  for (let seed = 100; seed < 110; seed++) {
    it(`connections that break at any moment hold nothing up for good (seed ${seed})`, () => {
      const simulation = new Simulation({ seed, pieceCount: 30 })
      simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 1_000_000 })
      const hosts = [0, 1, 2, 3, 4].map((index) => simulation.add(`host${index}`, { uplinkBytesPerSecond: 1_000_000 }))
      simulation.introduceAll()
      const breakOne = () => {
        if (hosts.every((host) => host.engine.isComplete)) return
        const links = simulation.peers.flatMap((peer) => [...peer.links.values()])
        const link = links[simulation.random.below(Math.max(1, links.length))]
        if (link) simulation.close(link, { isBroken: simulation.random.below(2) === 0 })
        if (simulation.nowMs < 20_000) simulation.after(simulation.random.below(120), breakOne)
      }
      simulation.after(5, breakOne)
      simulation.run(() => hosts.every((host) => host.engine.isComplete))
    })
  }

  for (let seed = 120; seed < 126; seed++) {
    it(`peers that die and come back fetch only what they miss (seed ${seed})`, () => {
      const simulation = new Simulation({ seed, pieceCount: 40 })
      const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: 800_000 })
      const hosts = [0, 1, 2, 3].map((index) => simulation.add(`host${index}`, { uplinkBytesPerSecond: 800_000 }))
      simulation.introduceAll()
      simulation.runFor(600 + simulation.random.below(500))
      const victim = hosts[simulation.random.below(4)]!
      const heldBefore = victim.engine.held.count
      victim.kill()
      seeder.kill()
      simulation.runFor(1_000)
      victim.restart()
      seeder.restart()
      simulation.introduceAll()
      simulation.run(() => hosts.every((host) => host.engine.isComplete))
      const { bytesFromPeers, bytesFromSeeder, bytesWasted } = victim.engine.counters
      const missing = (40 - heldBefore) * 64 * 1024
      assert.ok(bytesFromPeers + bytesFromSeeder - bytesWasted <= missing, `seed ${seed}: fetched pieces it held`)
    })
  }

  it('two peers that dial each other at once keep exactly one connection', () => {
    for (let seed = 130; seed < 140; seed++) {
      const simulation = new Simulation({ seed })
      const [a, b] = [simulation.add('a', { holds: [0, 1, 2] }), simulation.add('b', { holds: [3, 4] })]
      simulation.introduceAll()
      simulation.runFor(3_000)
      assert.equal(a.links.size, 1, `seed ${seed}`)
      assert.equal(b.links.size, 1, `seed ${seed}`)
    }
  })

  it('a peer does not stay connected to itself', () => {
    const simulation = new Simulation({ seed: 141 })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: ['host:1'] })
    simulation.runFor(30_000)
    assert.equal(host.links.size, 0)
    assert.equal(host.log.filter((output) => output.type === 'dial').length, 1)
  })

  it('an address where nobody is, is dialled ever more rarely and then forgotten', () => {
    const simulation = new Simulation({ seed: 142 })
    const host = simulation.add('host')
    host.input({ type: 'peersFound', addresses: ['nobody:1'] })
    simulation.runFor(600_000)
    assert.equal(host.log.filter((output) => output.type === 'dial').length, 8)
  })
})
