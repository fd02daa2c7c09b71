import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressOf, Simulation } from './simulation.ts'

const mib = 1024 * 1024

/** Bytes that came twice, as a share of the artifact, when a host with a slow way in finds several fast peers. */
function wasted(seed: number, peerCount: number, downlinkBytesPerSecond: number): number {
  const simulation = new Simulation({ seed, pieceCount: 12, pieceLengthBytes: 4 * mib })
  const peers = Array.from({ length: peerCount }, (_, index) => simulation.add(`peer${index}`, { holds: 'all' }))
  const host = simulation.add('host', { downlinkBytesPerSecond })
  host.input({ type: 'peersFound', addresses: peers.map(addressOf) })
  simulation.run(() => host.engine.isComplete, 3_600_000)
  return host.engine.counters.bytesWasted / simulation.size.totalBytes
}

describe('a slow way in with fast peers, in the simulator', () => {
  for (const rate of [100_000, 400_000, 1_000_000])
    it(`at ${rate / 1_000} kB/s next to nothing comes twice, though no piece has come whole for many seconds`, () => {
      for (const peerCount of [2, 4, 8])
        for (const seed of [1, 2]) {
          const share = wasted(seed, peerCount, rate)
          assert.ok(share <= 0.01, `${peerCount} peers, seed ${seed}: ${(100 * share).toFixed(1)} % came twice`)
        }
    })
})
