import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Simulation } from './simulation.ts'

const uplink = 2_500_000

describe('distribution in the simulator', () => {
  for (const seed of [1, 2, 3]) {
    it(`16 hosts fetch from one seeder, and mostly from each other (seed ${seed})`, () => {
      const simulation = new Simulation({ seed, pieceCount: 64 })
      const seeder = simulation.add('seeder', { holds: 'all', uplinkBytesPerSecond: uplink, peerIdPrefix: '-RS0100-' })
      const hosts = Array.from({ length: 16 }, (_, index) =>
        simulation.add(`host${index}`, { uplinkBytesPerSecond: uplink }),
      )
      simulation.introduceAll()
      simulation.run(() => hosts.every((host) => host.engine.isComplete))

      const { totalBytes } = simulation.size
      const lastMs = Math.max(...hosts.map((host) => host.completedMs!))
      const copies = seeder.engine.counters.bytesUploaded / totalBytes
      // The bound of Mundinger, Weber and Weiss, for 16 hosts and 64 pieces.
      const boundMs = ((1 + 4 / 64) * totalBytes * 1000) / uplink
      const ratio = lastMs / boundMs
      assert.ok(copies < 5, `seed ${seed}: the seeder sent ${copies.toFixed(1)} copies`)
      assert.ok(ratio < 2.2, `seed ${seed}: the last host was done at ${ratio.toFixed(2)} of the bound`)
      for (const { engine } of hosts) {
        const { bytesFromPeers, bytesFromSeeder, bytesWasted } = engine.counters
        assert.equal(bytesFromPeers + bytesFromSeeder - bytesWasted, totalBytes)
        assert.ok(bytesWasted < 0.1 * totalBytes, `seed ${seed}: ${bytesWasted} bytes came twice`)
      }
    })
  }

  it('a run follows from its seed alone', () => {
    const trace = () => {
      const simulation = new Simulation({ seed: 7 })
      simulation.add('seeder', { holds: 'all' })
      for (let index = 0; index < 4; index++) simulation.add(`host${index}`)
      simulation.introduceAll()
      simulation.run(() => simulation.peers.every((peer) => peer.engine.isComplete))
      return simulation.peers.map((peer) => [peer.completedMs, peer.log.length])
    }
    assert.deepEqual(trace(), trace())
  })

  it('two that hold everything part, and do not dial each other again', () => {
    const simulation = new Simulation({ seed: 8 })
    const [a, b] = [simulation.add('a', { holds: 'all' }), simulation.add('b', { holds: 'all' })]
    simulation.introduceAll()
    simulation.runFor(30_000)
    assert.equal(a.links.size + b.links.size, 0)
    assert.ok(a.log.filter((output) => output.type === 'dial').length <= 1)
  })
})
