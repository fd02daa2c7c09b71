import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import type { PieceProgress } from './piece-progress.ts'
import { PieceWindow, piecesUnderWay } from './piece-window.ts'

/** The seeder's time is everybody's: it is turned away only when this many more are under way. */
const seederPieces = 3
/** Pieces under way from other zones. */
const maxFarPieces = 2

/**
 * Decides which offered pieces are taken: only as many as our way in carries, since a piece that waits there for others
 * keeps its sender's way out busy for nothing. Who was turned away is told when there is room again.
 */
export class Intake {
  readonly #core: EngineCore
  readonly #window: PieceWindow
  readonly #maxInMemory: number
  /** Turned away, the latest last. */
  readonly #turnedAway = new Set<Connection>()

  constructor(core: EngineCore, maxInMemory: number) {
    this.#core = core
    this.#maxInMemory = maxInMemory
    const { pieceLengthBytes, pieceCount } = core.geometry
    this.#window = new PieceWindow(pieceLengthBytes, piecesUnderWay(pieceCount).taken)
  }

  /** Whether one more piece may come from this peer; one that is turned away is invited later. */
  hasRoomFor(connection: Connection, nowMs: number): boolean {
    const hasRoom = !this.isMemoryFull && this.#hasPlaceFor(connection, nowMs)
    this.#turnedAway.delete(connection)
    if (!hasRoom) this.#turnedAway.add(connection)
    return hasRoom
  }

  isLinkFull(nowMs: number): boolean {
    return this.#window.isLinkFull(nowMs)
  }

  onBlock(bytes: number, nowMs: number): void {
    this.#window.onBytes(bytes, nowMs)
  }

  /** The first block of a piece that was asked for has come. */
  onFirstBlock(progress: PieceProgress, nowMs: number): void {
    this.#window.onAnswer(nowMs - progress.sinceMs, nowMs)
  }

  /** A piece has come whole. */
  onPiece(progress: PieceProgress, nowMs: number): void {
    // The link between two zones tells nothing of our own way in.
    if (this.#isFar(progress)) return
    const bytes = this.#core.geometry.lengthOf(progress.piece)
    this.#window.onDelivered(bytes, progress.sinceMs, progress.deliveredBefore, nowMs)
  }

  get isMemoryFull(): boolean {
    return this.#core.pieces.inMemoryCount >= this.#maxInMemory
  }

  /** It comes from a slow host. */
  isSlow(progress: PieceProgress, nowMs: number): boolean {
    return nowMs - progress.sinceMs >= this.#window.slowAfterMs
  }

  /** Nothing comes, or only what is slow. */
  isIdle(nowMs: number): boolean {
    const { bytes, slowBytes } = this.#underWay(nowMs)
    return bytes === slowBytes
  }

  get deliveredBytes(): number {
    return this.#window.deliveredBytes
  }

  onDisconnect(connection: Connection): void {
    this.#turnedAway.delete(connection)
  }

  /** Says `ready` to one of those that were turned away, if there is room: the latest most likely still has time. */
  invite(nowMs: number): void {
    if (this.#turnedAway.size === 0 || this.isMemoryFull) return
    const connection = [...this.#turnedAway].findLast((candidate) => this.#hasPlaceFor(candidate, nowMs))
    if (!connection) return
    this.#turnedAway.delete(connection)
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'ready' } })
  }

  /** Pieces from other zones come slowly and have places of their own. */
  #hasPlaceFor(connection: Connection, nowMs: number): boolean {
    const { pieces, geometry } = this.#core
    if (!connection.isFar) {
      const allowance = connection.isSeeder ? seederPieces * geometry.pieceLengthBytes : 0
      return this.#window.hasRoom(this.#underWay(nowMs, allowance), nowMs)
    }
    let far = 0
    for (const progress of pieces.started.values()) if (this.#isFar(progress)) far++
    return far < maxFarPieces
  }

  #isFar({ owner }: PieceProgress): boolean {
    return this.#core.connections.get(owner)?.isFar ?? false
  }

  /** @param allowance bytes that are not counted. */
  #underWay(nowMs: number, allowance = 0): { bytes: number; slowBytes: number } {
    const { pieces, geometry } = this.#core
    let bytes = -allowance
    let slowBytes = 0
    for (const progress of pieces.started.values()) {
      if (this.#isFar(progress)) continue
      const length = geometry.lengthOf(progress.piece)
      bytes += length
      if (this.isSlow(progress, nowMs)) slowBytes += length
    }
    return { bytes, slowBytes }
  }
}
