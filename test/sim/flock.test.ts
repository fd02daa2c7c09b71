import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appear, createFleet, ratios, runUntilDone, wasteShare } from './scenario.ts'

const pieceCount = 256

/** The last host ÷ bound. */
function distribute(count: number, seed: number): number {
  const sent = new Set<string>()
  let bytesTwice = 0
  const fleet = createFleet(
    count,
    { seed, pieceCount },
    {
      seeder: {
        tamper: (message) => {
          if (message.type !== 'piece' || sent.size * message.data.length >= fleet.simulation.size.totalBytes)
            return message
          const block = `${message.piece} ${message.offset}`
          if (sent.has(block)) bytesTwice += message.data.length
          sent.add(block)
          return message
        },
      },
    },
  )
  const startMs = appear(fleet)
  runUntilDone(fleet.simulation, fleet.hosts)
  const name = `seed ${seed}, ${count} hosts`
  // A host that had nothing to do may have asked for one that was on its way to another.
  const piecesTwice = bytesTwice / fleet.simulation.size.pieceLengthBytes
  assert.ok(piecesTwice <= 2, `${name}: the seeder gave ${piecesTwice} pieces twice before all had left it once`)
  const waste = wasteShare(fleet)
  assert.ok(waste <= 0.01, `${name}: ${(waste * 100).toFixed(1)} % came twice`)
  const last = ratios(fleet, startMs).at(-1)!
  assert.ok(last < 1.2, `${name}: the last was done at ${last.toFixed(3)} of the bound`)
  return last
}

describe('a flock at 20 Mbit/s in the simulator', () => {
  for (const seed of [1, 2, 3]) {
    it(`32 hosts end near the bound, and hardly later than 8; the seeder gives each piece once first (seed ${seed})`, () => {
      const [few, many] = [distribute(8, seed), distribute(32, seed)]
      assert.ok(many - few < 0.05, `seed ${seed}: from ${few.toFixed(3)} to ${many.toFixed(3)} of the bound`)
    })
  }
})
