import { blockLengthBytes } from '../identifiers.ts'

/** Cuts a piece's bytes, as they come, into blocks. Holds one block. */
export class BlockCutter {
  readonly #block: Uint8Array
  readonly #pieceBytes: number
  readonly #onBlock: (offset: number, data: Uint8Array) => void
  #received = 0

  /** @param onBlock gets each block once it is whole; its bytes are looked at only during the call. */
  constructor(pieceBytes: number, onBlock: (offset: number, data: Uint8Array) => void) {
    this.#pieceBytes = pieceBytes
    this.#onBlock = onBlock
    this.#block = new Uint8Array(Math.min(blockLengthBytes, pieceBytes))
  }

  /** The bytes that follow; together never more than the piece has. */
  push(bytes: Uint8Array): void {
    this.#fill(bytes.length, (block, at, from, to) => block.set(bytes.subarray(from, to), at))
  }

  pushZeros(count: number): void {
    this.#fill(count, (block, at, from, to) => block.fill(0, at, at + to - from))
  }

  #fill(count: number, copy: (block: Uint8Array, at: number, from: number, to: number) => void): void {
    for (let taken = 0; taken < count; ) {
      const at = this.#received % blockLengthBytes
      const start = this.#received - at
      const length = Math.min(blockLengthBytes, this.#pieceBytes - start)
      const more = Math.min(length - at, count - taken)
      copy(this.#block, at, taken, taken + more)
      taken += more
      this.#received += more
      if (at + more === length) this.#onBlock(start, this.#block.subarray(0, length))
    }
  }
}
