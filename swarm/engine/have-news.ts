import type { PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import { timerPeriodsMs } from './timers.ts'

/** News go out to everybody at least this many times in a fetch, however fast it is. */
const newsPerFetch = 8

/**
 * Tells our peers which pieces we have got. News of every piece to every peer would cost a fleet its CPU, so those of
 * ours hear of several pieces together; but who has just sent us a piece, or offered one that we have, hears all news at
 * once, since it decides now what to send next. A client that asks rather than being offered hears of each piece.
 */
export class HaveNews {
  readonly #core: EngineCore
  readonly #maxWaiting: number
  /** Pieces we got, in that order; each connection knows how far it has heard. */
  readonly #log: PieceIndex[] = []
  #told = 0

  constructor(core: EngineCore) {
    this.#core = core
    this.#maxWaiting = Math.max(1, Math.floor(core.geometry.pieceCount / newsPerFetch))
  }

  /** Everything so far is in the bitfield that the peer is sent. */
  onConnected(connection: Connection): void {
    connection.newsHeard = this.#log.length
  }

  /** We have one more piece. */
  add(piece: PieceIndex, nowMs: number): void {
    const { connections, timers, pieces } = this.#core
    this.#log.push(piece)
    for (const connection of connections.values())
      if (!connection.speaksOffers && !connection.has.has(piece)) this.#send(connection, [piece])
    if (this.#log.length - this.#told >= this.#maxWaiting || pieces.held.isFull) this.tellAll()
    else timers.arm('news', nowMs + timerPeriodsMs.news)
  }

  tellAll(): void {
    this.#told = this.#log.length
    for (const connection of this.#core.connections.values()) if (connection.speaksOffers) this.tell(connection)
  }

  /** All that it has not heard; of pieces that it holds itself too, so that it does not offer them. */
  tell(connection: Connection): void {
    const news = this.#log.slice(connection.newsHeard)
    connection.newsHeard = this.#log.length
    if (news.length > 0) this.#send(connection, news)
  }

  #send(connection: Connection, pieces: readonly PieceIndex[]): void {
    const [piece] = pieces
    const message =
      pieces.length === 1 ? ({ type: 'have', piece: piece! } as const) : ({ type: 'haves', pieces } as const)
    this.#core.emit({ type: 'send', connection: connection.id, message })
  }
}
