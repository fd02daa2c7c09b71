import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../../runtime/random.ts'
import { RarestOrder } from '../../../swarm/engine/rarest-order.ts'
import type { PieceIndex } from '../../../swarm/identifiers.ts'

const pieceCount = 12
const step = fc.record({
  piece: fc.integer({ min: 0, max: pieceCount - 1 }),
  kind: fc.constantFrom('increase', 'decrease', 'remove', 'add'),
})

it('stays sorted by availability through any sequence of changes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const order = new RarestOrder(pieceCount, seededRandom(1))
      const counts = new Array<number>(pieceCount).fill(0)
      const present = new Set(counts.keys())
      for (const { piece, kind } of steps) {
        if (kind === 'decrease' && counts[piece] === 0) continue
        order[kind](piece as PieceIndex)
        if (kind === 'increase') counts[piece]!++
        if (kind === 'decrease') counts[piece]!--
        if (kind === 'remove') present.delete(piece)
        if (kind === 'add') present.add(piece)
      }
      const seen: number[] = []
      order.first((piece) => {
        seen.push(piece)
        return false
      })
      assert.deepEqual(
        [...seen].sort((a, b) => a - b),
        [...present].sort((a, b) => a - b),
      )
      const availabilities = seen.map((piece) => counts[piece]!)
      assert.deepEqual(
        availabilities,
        [...availabilities].sort((a, b) => a - b),
      )
      for (const piece of seen) assert.equal(order.availabilityOf(piece as PieceIndex), counts[piece])
    }),
    { numRuns: 500 },
  )
})
