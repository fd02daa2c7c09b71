import type { PieceIndex } from '../identifiers.ts'
import type { ConnectionId } from './contract.ts'
import type { EngineCore } from './core.ts'
import { timerPeriodsMs } from './timers.ts'

/** News go out at least this many times in a fetch, however fast it is. */
const newsPerFetch = 64

/**
 * Tells our peers which pieces we have got. Who sent the piece hears at once, since it waits to send the next; so does
 * a client that asks rather than being offered. Others of ours hear of several pieces together: an offer made on old
 * news costs a declined message, news of every piece to every peer cost a fleet its CPU.
 */
export class HaveNews {
  readonly #core: EngineCore
  readonly #maxWaiting: number
  #waiting: PieceIndex[] = []

  constructor(core: EngineCore) {
    this.#core = core
    this.#maxWaiting = Math.max(1, Math.floor(core.geometry.pieceCount / newsPerFetch))
  }

  /** @param asked who was asked for it. */
  add(piece: PieceIndex, asked: ReadonlySet<ConnectionId>, nowMs: number): void {
    for (const { id, speaksOffers, has } of this.#core.connections.values()) {
      if (speaksOffers ? asked.has(id) : !has.has(piece))
        this.#core.emit({ type: 'send', connection: id, message: { type: 'have', piece } })
    }
    this.#waiting.push(piece)
    if (this.#waiting.length >= this.#maxWaiting || this.#core.pieces.held.isFull) this.flush()
    else this.#core.timers.arm('news', nowMs + timerPeriodsMs.news)
  }

  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const connection of this.#core.connections.values()) {
      if (!connection.speaksOffers) continue
      const pieces = waiting.filter((piece) => !connection.has.has(piece))
      if (pieces.length > 0)
        this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'haves', pieces } })
    }
  }
}
