import { type Random, shuffled } from '../../runtime/random.ts'
import type { PieceIndex } from '../identifiers.ts'

/**
 * The pieces that may be started, rarest first; among equally rare ones in an order drawn from `random`, so that peers
 * do not all begin with the same piece. Kept sorted in buckets of equal availability: a `have` costs two swaps, not a sort.
 *
 * Peers that hold everything shift all pieces alike and are never counted here.
 */
export class RarestOrder {
  /** Pieces by availability; only the first `#size` places count. */
  readonly #order: Int32Array
  /** Where each piece stands in `#order`; -1 when it may not be started. */
  readonly #position: Int32Array
  readonly #availability: Uint16Array
  /** Place after the last piece of that availability. */
  readonly #bucketEnds: number[]
  #size: number

  constructor(pieceCount: number, random: Random) {
    this.#order = Int32Array.from(shuffled([...new Array(pieceCount).keys()], random))
    this.#position = new Int32Array(pieceCount)
    for (let place = 0; place < pieceCount; place++) this.#position[this.#order[place]!] = place
    this.#availability = new Uint16Array(pieceCount)
    this.#bucketEnds = [pieceCount]
    this.#size = pieceCount
  }

  get size(): number {
    return this.#size
  }

  /** Peers, beside those that hold everything, that hold the piece. */
  availabilityOf(piece: PieceIndex): number {
    return this.#availability[piece]!
  }

  /** The rarest piece that passes `isWanted`. */
  first(isWanted: (piece: PieceIndex) => boolean): PieceIndex | undefined {
    for (let place = 0; place < this.#size; place++) {
      const piece = this.#order[place] as PieceIndex
      if (isWanted(piece)) return piece
    }
    return undefined
  }

  increase(piece: PieceIndex): void {
    const availability = this.#availability[piece]!++
    if (this.#position[piece] === -1) return
    if (this.#bucketEnds.length === availability + 1) this.#bucketEnds.push(this.#size)
    this.#bucketEnds[availability]!--
    this.#moveTo(piece, this.#bucketEnds[availability]!)
  }

  decrease(piece: PieceIndex): void {
    const availability = this.#availability[piece]!--
    if (this.#position[piece] === -1) return
    this.#moveTo(piece, this.#bucketEnds[availability - 1]!)
    this.#bucketEnds[availability - 1]!++
  }

  /** The piece is started or held. */
  remove(piece: PieceIndex): void {
    if (this.#position[piece] === -1) return
    for (let bucket = this.#availability[piece]!; bucket < this.#bucketEnds.length; bucket++) {
      this.#bucketEnds[bucket]!--
      this.#moveTo(piece, this.#bucketEnds[bucket]!)
    }
    this.#position[piece] = -1
    this.#size--
  }

  /** The piece may be started again. */
  add(piece: PieceIndex): void {
    if (this.#position[piece] !== -1) return
    const availability = this.#availability[piece]!
    while (this.#bucketEnds.length <= availability) this.#bucketEnds.push(this.#size)
    this.#order[this.#size] = piece
    this.#position[piece] = this.#size
    this.#size++
    for (let bucket = this.#bucketEnds.length - 1; bucket > availability; bucket--) {
      this.#bucketEnds[bucket]!++
      this.#moveTo(piece, this.#bucketEnds[bucket - 1]!)
    }
    this.#bucketEnds[availability]!++
  }

  /** Swaps the piece with the one at `place`. */
  #moveTo(piece: number, place: number): void {
    const from = this.#position[piece]!
    const other = this.#order[place]!
    this.#order[from] = other
    this.#position[other] = from
    this.#order[place] = piece
    this.#position[piece] = place
  }
}
