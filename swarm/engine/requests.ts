import { blockLengthBytes, type PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import type { Intake } from './intake.ts'
import { nobody, type PieceProgress } from './piece-progress.ts'
import type { Suspects } from './suspects.ts'
import { timerPeriodsMs } from './timers.ts'

/**
 * The books of what was asked of whom.
 *
 * Invariant: a key in some connection's `requests` belongs to a started piece and to a block that is not received.
 */
export class Requests {
  readonly #core: EngineCore
  readonly #intake: Intake
  readonly #suspects: Suspects
  /** When the pipeline timer was armed after it had not been. */
  armedMs = 0

  constructor(core: EngineCore, intake: Intake, suspects: Suspects) {
    this.#core = core
    this.#intake = intake
    this.#suspects = suspects
  }

  start(piece: PieceIndex, connection: Connection, nowMs: number): PieceProgress {
    const since = { sinceMs: nowMs, deliveredBefore: this.#intake.deliveredBytes }
    const progress = this.#core.pieces.start(piece, connection.id, this.#suspects.has(piece), since)
    connection.owned.add(progress)
    return progress
  }

  own(connection: Connection, progress: PieceProgress): void {
    progress.owner = connection.id
    connection.owned.add(progress)
  }

  /** Others may take the piece over; one that had to come from this peer alone is begun again. */
  disown(connection: Connection, progress: PieceProgress): void {
    connection.owned.delete(progress)
    progress.owner = nobody
    if (!progress.isExclusive) return
    const { geometry, pieces } = this.#core
    for (const key of connection.requests.keys())
      if (geometry.pieceOfKey(key) === progress.piece) {
        connection.requests.delete(key)
        connection.unaskedAllowance++
      }
    pieces.abandon(progress.piece)
    this.#core.emit({ type: 'discardPiece', piece: progress.piece })
  }

  /** Gives up all that was asked of a peer. */
  release(connection: Connection): void {
    const { geometry, pieces } = this.#core
    if (connection.downlink.state !== 'snubbed') {
      for (const key of connection.requests.keys())
        pieces.started.get(geometry.pieceOfKey(key))?.dropRequest(geometry.blockOfKey(key))
    }
    connection.requests.clear()
    for (const progress of [...connection.owned]) this.disown(connection, progress)
  }

  /** As if the piece had not been begun; whoever was asked for some of it is told. */
  forget(progress: PieceProgress): void {
    const { geometry, pieces, connections } = this.#core
    for (const connection of connections.values()) {
      connection.owned.delete(progress)
      for (const key of [...connection.requests.keys()]) {
        if (geometry.pieceOfKey(key) !== progress.piece) continue
        connection.requests.delete(key)
        this.cancel(connection, progress.piece, geometry.blockOfKey(key))
      }
    }
    pieces.abandon(progress.piece)
    this.#core.emit({ type: 'discardPiece', piece: progress.piece })
  }

  requestFree(connection: Connection, progress: PieceProgress, nowMs: number): void {
    while (progress.hasFreeBlock) this.request(connection, progress, progress.freeBlock()!, nowMs)
  }

  request(connection: Connection, progress: PieceProgress, block: number, nowMs: number): void {
    const { geometry } = this.#core
    const { piece } = progress
    connection.requests.set(geometry.keyOf(piece, block), nowMs)
    progress.asked.add(connection.id)
    if (connection.downlink.state !== 'snubbed') progress.addRequest(block)
    const [offset, length] = [block * blockLengthBytes, geometry.blockLength(piece, block)]
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'request', piece, offset, length } })
    this.armPipeline(nowMs)
  }

  cancel(connection: Connection, piece: PieceIndex, block: number): void {
    const [offset, length] = [block * blockLengthBytes, this.#core.geometry.blockLength(piece, block)]
    connection.unaskedAllowance++
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'cancel', piece, offset, length } })
  }

  armPipeline(nowMs: number): void {
    const { timers } = this.#core
    if (timers.isArmed('pipeline')) return
    this.armedMs = nowMs
    timers.arm('pipeline', nowMs + timerPeriodsMs.pipeline)
  }
}
