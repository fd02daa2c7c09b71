import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { appear, createFleet, ratios, runUntilDone, wasteShare } from './scenario.ts'

describe('standard clients and ours in one swarm in the simulator', () => {
  for (const seed of [701, 702]) {
    it(`all finish, and neither kind waits for the other (seed ${seed})`, () => {
      const fleet = createFleet(
        16,
        { seed, pieceCount: 96 },
        { of: (index) => (index % 2 === 0 ? {} : { speaksOffers: false, peerIdPrefix: '-TR4050-' }) },
      )
      const startMs = appear(fleet)
      runUntilDone(fleet.simulation, fleet.hosts)
      const [ours, others] = [0, 1].map(
        (kind) =>
          ratios(
            fleet,
            startMs,
            fleet.hosts.filter((_, index) => index % 2 === kind),
          ).at(-1)!,
      )
      const name = `seed ${seed}: ours ${ours!.toFixed(2)}, others ${others!.toFixed(2)} of the bound`
      assert.ok(Math.max(ours!, others!) < 2.2, name)
      assert.ok(ours! < 1.5 * others! && others! < 1.5 * ours!, name)
      assert.ok(wasteShare(fleet) < 0.1, `${name}, ${wasteShare(fleet)} came twice`)
    })
  }
})
