import { Bitfield } from '../engine/bitfield.ts'
import type { Metainfo, MetainfoFile } from '../metainfo/metainfo.ts'
import type { FileStamps } from './file-set.ts'

/**
 * Which held pieces must be hashed again before anybody gets a byte of them: those of a file that changed since it was
 * verified, and those that an earlier run vouched for. A look at a file costs some µs, so every read can have one.
 */
export class PieceGuard {
  readonly doubted: Bitfield
  /** Changes that were seen so far. */
  changes = 0
  readonly #metainfo: Metainfo
  /** Undefined while we write ourselves: then each piece changes its file. */
  #stamps: Map<MetainfoFile, string> | undefined

  /** @param doubted taken over, not copied. */
  constructor(metainfo: Metainfo, doubted = new Bitfield(metainfo.pieceCount)) {
    this.#metainfo = metainfo
    this.doubted = doubted
  }

  /** From now on nobody should write; `stamps` are of the files as they were verified, undefined when they are not whole. */
  watch(stamps: FileStamps | undefined): void {
    this.#stamps = new Map(stamps)
    if (!stamps) for (let piece = 0; piece < this.#metainfo.pieceCount; piece++) this.doubted.set(piece)
  }

  /** The file was seen in this state: when it was verified in another one, all its pieces are doubted. */
  see(file: MetainfoFile, stamp: string): void {
    if (!this.#stamps || this.#stamps.get(file) === stamp) return
    this.#stamps.set(file, stamp)
    this.changes++
    const { pieceLengthBytes } = this.#metainfo
    const end = file.offsetBytes + file.lengthBytes
    for (let piece = Math.floor(file.offsetBytes / pieceLengthBytes); piece * pieceLengthBytes < end; piece++)
      this.doubted.set(piece)
  }
}
