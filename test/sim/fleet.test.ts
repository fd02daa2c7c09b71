import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appear, createFleet, ratios, runUntilDone } from './scenario.ts'

describe('a fleet in the simulator', () => {
  it('200 hosts that know 40 others each end near the bound', () => {
    const seed = 201
    const fleet = createFleet(200, { seed, pieceCount: 256 })
    const startMs = appear(fleet, 40)
    runUntilDone(fleet.simulation, fleet.hosts)
    const all = ratios(fleet, startMs)
    const [half, last] = [all[100]!, all.at(-1)!]
    assert.ok(half <= 1.12, `seed ${seed}: half were done at ${half.toFixed(3)} of the bound`)
    assert.ok(last <= 1.2, `seed ${seed}: the last was done at ${last.toFixed(3)} of the bound`)
  })
})
