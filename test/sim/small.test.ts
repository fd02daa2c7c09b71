import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addressOf, Simulation, type SimulationOptions } from './simulation.ts'

const latencyMs = 50
const diskMs = 1

/** Round trips from the seeder's appearance until the last of `count` hosts that know each other has everything. */
function roundTrips(count: number, size: Omit<SimulationOptions, 'seed'>): number {
  const simulation = new Simulation({ seed: 801, latencyMs, ...size })
  const rate = { uplinkBytesPerSecond: 1e9, downlinkBytesPerSecond: 1e9 }
  const hosts = Array.from({ length: count }, (_, index) => simulation.add(`host${index}`, { ...rate, diskMs }))
  simulation.introduceAll()
  simulation.runFor(5_000)
  const seeder = simulation.add('seeder', { ...rate, holds: 'all', peerIdPrefix: '-RS0100-' })
  const startMs = simulation.nowMs
  seeder.input({ type: 'peersFound', addresses: hosts.map(addressOf) })
  simulation.run(() => hosts.every((host) => host.engine.isComplete))
  return (simulation.nowMs - startMs) / (2 * latencyMs)
}

describe('small torrents in the simulator', () => {
  for (const [name, size] of [
    ['of 10 KB', { pieceCount: 1, pieceLengthBytes: 15 * 1024 }],
    ['of one block', { pieceCount: 1, pieceLengthBytes: 24 * 1024 }],
    ['of one piece', { pieceCount: 1, pieceLengthBytes: 90 * 1024 }],
    ['of three pieces', { pieceCount: 3, pieceLengthBytes: 16 * 1024 }],
  ] as const) {
    it(`one ${name} is there a few round trips after the seeder`, () => {
      // Dialling, what each side has, the offer, the request and the block: three for one host.
      const alone = roundTrips(1, size)
      assert.ok(alone <= 3.5, `one host took ${alone.toFixed(2)} round trips`)
      const together = roundTrips(8, size)
      assert.ok(together <= 7, `8 hosts took ${together.toFixed(2)} round trips`)
    })
  }
})
