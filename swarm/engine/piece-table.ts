import type { Random } from '../../runtime/random.ts'
import type { PieceIndex } from '../identifiers.ts'
import type { Bitfield } from './bitfield.ts'
import type { ConnectionId } from './contract.ts'
import type { Geometry } from './geometry.ts'
import { PieceProgress, type Since } from './piece-progress.ts'
import { RarestOrder } from './rarest-order.ts'

/**
 * Each piece is in exactly one of four states:
 *
 *     missing ──start──▶ started ──check──▶ checking ──keep──▶ held
 *        ▲                  │ abandon          │ fail
 *        └──────────────────┴──────────────────┘
 *
 * - missing: nothing of it is here; it stands in `order`.
 * - started: some of its blocks are requested or received, in memory; it stands in `started`.
 * - checking: all blocks are here; it is hashed and written, and takes no more blocks.
 * - held: verified and on the disk; others may have it. For good.
 */
export class PieceTable {
  readonly held: Bitfield
  readonly started = new Map<PieceIndex, PieceProgress>()
  readonly order: RarestOrder
  readonly #checking = new Map<PieceIndex, PieceProgress>()
  readonly #geometry: Geometry

  constructor(geometry: Geometry, held: Bitfield, random: Random) {
    this.#geometry = geometry
    this.held = held
    this.order = new RarestOrder(geometry.pieceCount, random)
    for (const piece of held.indexes()) this.order.remove(piece as PieceIndex)
  }

  /** Pieces whose blocks take memory: started or checking. */
  get inMemoryCount(): number {
    return this.started.size + this.#checking.size
  }

  /** Pieces that are on their way. */
  coming(): PieceIndex[] {
    return [...this.started.keys(), ...this.#checking.keys()]
  }

  /** Held, or on its way. */
  isBegun(piece: PieceIndex): boolean {
    return this.held.has(piece) || this.started.has(piece) || this.#checking.has(piece)
  }

  start(piece: PieceIndex, owner: ConnectionId, isExclusive: boolean, since: Since): PieceProgress {
    if (this.isBegun(piece)) throw wrongState('start', piece)
    const progress = new PieceProgress(piece, this.#geometry.blockCountOf(piece), owner, isExclusive, since)
    this.order.remove(piece)
    this.started.set(piece, progress)
    return progress
  }

  abandon(piece: PieceIndex): void {
    if (!this.started.delete(piece)) throw wrongState('abandon', piece)
    this.order.add(piece)
  }

  check(piece: PieceIndex): void {
    const progress = this.started.get(piece)
    if (!progress?.isComplete) throw wrongState('check', piece)
    this.started.delete(piece)
    this.#checking.set(piece, progress)
  }

  keep(piece: PieceIndex): PieceProgress {
    const progress = this.#checked('keep', piece)
    this.held.set(piece)
    return progress
  }

  fail(piece: PieceIndex): PieceProgress {
    const progress = this.#checked('fail', piece)
    this.order.add(piece)
    return progress
  }

  #checked(transition: string, piece: PieceIndex): PieceProgress {
    const progress = this.#checking.get(piece)
    if (!progress) throw wrongState(transition, piece)
    this.#checking.delete(piece)
    return progress
  }
}

function wrongState(transition: string, piece: PieceIndex): Error {
  return new Error(`piece ${piece} is in no state for ${transition}`)
}
