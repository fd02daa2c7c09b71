import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PieceWindow } from '../../../swarm/engine/piece-window.ts'

const piece = 100_000
const minPieces = 3

/** Pieces come one after the other, each `tookMs` under way, at `rate` bytes a ms. Returns the time of the last. */
function deliver(window: PieceWindow, count: number, rate: number, tookMs: number, fromMs = 0): number {
  let nowMs = fromMs
  for (let index = 0; index < count; index++) {
    nowMs += piece / rate
    const before = Math.max(0, window.deliveredBytes + piece - rate * tookMs)
    window.onBytes(piece, nowMs)
    window.onDelivered(piece, nowMs - tookMs, before, nowMs)
  }
  return nowMs
}

describe('the window of pieces under way', () => {
  it('lets the least number of pieces in before anything is known, and no more', () => {
    const window = new PieceWindow(piece, minPieces)
    for (let count = 0; count < minPieces; count++)
      assert.ok(window.hasRoom({ bytes: count * piece, slowBytes: 0 }, 0), `${count} under way`)
    assert.ok(!window.hasRoom({ bytes: minPieces * piece, slowBytes: 0 }, 0))
  })

  it('grows with rate times round trip', () => {
    const near = new PieceWindow(piece, minPieces)
    const far = new PieceWindow(piece, minPieces)
    near.onAnswer(1, 0)
    far.onAnswer(100, 0)
    deliver(near, 20, 1_000, 300)
    deliver(far, 20, 1_000, 300)
    // A thousand bytes a ms for 100 ms are a piece; three round trips may pass before an answer is used.
    assert.ok(far.bytes - near.bytes > 2.5 * piece && far.bytes - near.bytes < 3.5 * piece)
  })

  it('forgets a round trip that was shorter than they are now', () => {
    const window = new PieceWindow(piece, minPieces)
    window.onAnswer(1, 0)
    deliver(window, 10, 1_000, 300)
    const before = window.bytes
    window.onAnswer(50, 4_000)
    assert.equal(window.bytes, before)
    window.onAnswer(50, 6_000)
    assert.ok(window.bytes > before)
  })

  it('slow pieces hold no places while the link is free, and all of them when it is full', () => {
    const window = new PieceWindow(piece, minPieces)
    window.onAnswer(1, 0)
    const nowMs = deliver(window, 30, 1_000, 300)
    const full = { bytes: Math.ceil(window.bytes / piece) * piece, slowBytes: 2 * piece }
    assert.ok(window.isLinkFull(nowMs))
    assert.ok(!window.hasRoom(full, nowMs))
    const idleMs = nowMs + 5_000
    assert.ok(!window.isLinkFull(idleMs))
    assert.ok(window.hasRoom(full, idleMs))
  })

  it('so many slow pieces count that memory is bounded', () => {
    const window = new PieceWindow(piece, minPieces)
    deliver(window, 5, 1_000, 300)
    assert.ok(!window.hasRoom({ bytes: 50 * piece, slowBytes: 50 * piece }, 60_000))
  })

  it('what is usual follows a network that became slow', () => {
    const window = new PieceWindow(piece, minPieces)
    const nowMs = deliver(window, 20, 1_000, 300)
    const before = window.slowAfterMs
    assert.ok(before > 600 && before < 1_200, `${before} ms`)
    deliver(window, 60, 10, 30_000, nowMs)
    assert.ok(window.slowAfterMs > 30_000, `${window.slowAfterMs} ms`)
  })
})
