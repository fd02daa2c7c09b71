import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appear, boundMs, bytesPerSecond, createFleet, ratios, runUntilDone, wasteShare } from './scenario.ts'

const slowRate = bytesPerSecond / 5

describe('slow hosts in the simulator', () => {
  for (const seed of [301, 302]) {
    it(`a tenth at a fifth of the rate hold nobody up but themselves (seed ${seed})`, () => {
      const slow = { uplinkBytesPerSecond: slowRate, downlinkBytesPerSecond: slowRate }
      const fleet = createFleet(30, { seed, pieceCount: 128 }, { of: (index) => (index < 3 ? slow : {}) })
      const startMs = appear(fleet)
      runUntilDone(fleet.simulation, fleet.hosts)
      const fastLast = ratios(fleet, startMs, fleet.hosts.slice(3)).at(-1)!
      assert.ok(fastLast <= 1.3, `seed ${seed}: the last fast host was done at ${fastLast.toFixed(3)} of the bound`)
      for (const { name, completedMs } of fleet.hosts.slice(0, 3)) {
        const ratio = (completedMs! - startMs) / boundMs(fleet, slowRate)
        assert.ok(ratio <= 1.15, `seed ${seed}: ${name} was done at ${ratio.toFixed(3)} of its own bound`)
      }
      const waste = wasteShare(fleet)
      assert.ok(waste <= 0.01, `seed ${seed}: ${(waste * 100).toFixed(1)} % came twice`)
    })
  }
})
