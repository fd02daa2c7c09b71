import { blockLengthBytes, blockOffset, type PieceIndex, pieceIndex } from '../identifiers.ts'

/** Sizes of a torrent, all the engine has to know of it. */
export interface TorrentSize {
  readonly pieceCount: number
  readonly pieceLengthBytes: number
  readonly totalBytes: number
}

/** Arithmetic of pieces and blocks; all checks of a peer's numbers are made here. */
export class Geometry {
  readonly pieceCount: number
  readonly pieceLengthBytes: number
  readonly totalBytes: number
  /** Blocks of every piece but the last, which may have fewer. */
  readonly blocksPerPiece: number

  constructor(size: TorrentSize) {
    this.pieceCount = size.pieceCount
    this.pieceLengthBytes = size.pieceLengthBytes
    this.totalBytes = size.totalBytes
    this.blocksPerPiece = Math.ceil(size.pieceLengthBytes / blockLengthBytes)
  }

  piece(value: number): PieceIndex | undefined {
    return pieceIndex(value, this.pieceCount)
  }

  lengthOf(piece: PieceIndex): number {
    return Math.min(this.pieceLengthBytes, this.totalBytes - piece * this.pieceLengthBytes)
  }

  blockCountOf(piece: PieceIndex): number {
    return Math.ceil(this.lengthOf(piece) / blockLengthBytes)
  }

  blockLength(piece: PieceIndex, block: number): number {
    return Math.min(blockLengthBytes, this.lengthOf(piece) - block * blockLengthBytes)
  }

  /** Number of the block in its piece; undefined when offset and length are not those of a block. */
  blockAt(piece: PieceIndex, offset: number, length: number): number | undefined {
    if (blockOffset(offset, this.lengthOf(piece)) === undefined) return undefined
    const block = offset / blockLengthBytes
    return length === this.blockLength(piece, block) ? block : undefined
  }

  /** One number for a block of the whole torrent: a cheap key. */
  keyOf(piece: PieceIndex, block: number): number {
    return piece * this.blocksPerPiece + block
  }

  pieceOfKey(key: number): PieceIndex {
    return Math.floor(key / this.blocksPerPiece) as PieceIndex
  }

  blockOfKey(key: number): number {
    return key % this.blocksPerPiece
  }
}
