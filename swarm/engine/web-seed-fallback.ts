import type { PieceIndex } from '../identifiers.ts'
import type { EngineCore } from './core.ts'
import type { Downloader } from './downloader.ts'

/**
 * Turns to the web seed when peers have brought nothing for `stallMs`: one piece at a time, and only for as long as that
 * goes on, since the origin serves the whole fleet. A web seed that refuses is left alone for as long as it asks.
 */
export class WebSeedFallback {
  readonly #core: EngineCore
  readonly #downloader: Downloader
  #fetching: PieceIndex | undefined
  #lastBlockMs: number | undefined
  #notBeforeMs = 0

  constructor(core: EngineCore, downloader: Downloader) {
    this.#core = core
    this.#downloader = downloader
  }

  /** Called with everything that happens; the first time begins the wait. */
  begin(nowMs: number): void {
    if (this.#lastBlockMs !== undefined) return
    this.#lastBlockMs = nowMs
    this.#arm(nowMs)
  }

  /** A peer has sent a block. */
  onPeerBlock(nowMs: number): void {
    this.#lastBlockMs = nowMs
  }

  /** The stall timer. */
  review(nowMs: number): void {
    if (this.#core.pieces.held.isFull || this.#fetching !== undefined) return
    if (nowMs < this.#dueMs) return this.#arm(nowMs)
    this.#fetching = this.#downloader.startFromWebSeed(nowMs)
    if (this.#fetching === undefined) return this.#core.timers.arm('stall', nowMs + this.#core.limits.stallMs)
    this.#core.emit({ type: 'fetchPiece', piece: this.#fetching })
  }

  onBlock(piece: PieceIndex, offset: number, data: Uint8Array, nowMs: number): void {
    if (piece === this.#fetching) this.#downloader.onWebSeedBlock(piece, offset, data, nowMs)
  }

  onEnded(piece: PieceIndex, isComplete: boolean, retryAfterMs: number, nowMs: number): void {
    if (piece !== this.#fetching) return
    this.#fetching = undefined
    if (!isComplete) {
      this.#notBeforeMs = nowMs + retryAfterMs
      this.#downloader.abandonWebSeedPiece(piece, nowMs)
    }
    this.review(nowMs)
  }

  get #dueMs(): number {
    return Math.max(this.#lastBlockMs! + this.#core.limits.stallMs, this.#notBeforeMs)
  }

  #arm(nowMs: number): void {
    if (!this.#core.pieces.held.isFull) this.#core.timers.arm('stall', Math.max(nowMs, this.#dueMs))
  }
}
