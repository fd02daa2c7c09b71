import type { ChunkStore } from 'webtorrent'
import { type PieceIndex, pieceIndex } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { PieceStore } from '../storage/piece-store.ts'

interface ChunkStoreEvents {
  /** The piece is written and noted. */
  onWritten(piece: PieceIndex): void
  /** The disk cannot be read. */
  onUnreadable(error: unknown): void
}

/** Our piece store as webtorrent wants to see one, so that both engines keep the same promises about the disk. */
export function chunkStoreOf(store: PieceStore, metainfo: Metainfo, events: ChunkStoreEvents): ChunkStore {
  const read = async (piece: PieceIndex, offset: number, length: number) => {
    const bytes = await store.read(piece, offset, length)
    // webtorrent keeps what it gets for as long as it likes; ours is used again once it is released.
    const copy = Buffer.from(bytes)
    store.release(bytes)
    return copy
  }
  const write = async (piece: PieceIndex, bytes: Uint8Array) => {
    store.storeBlock(piece, 0, bytes)
    const { isGood } = await store.check(piece, false)
    if (!isGood) throw new Error(`piece ${piece} changed after it had verified`)
    events.onWritten(piece)
  }
  return {
    chunkLength: metainfo.pieceLengthBytes,
    put: (index, bytes, done) => {
      write(index as PieceIndex, bytes).then(() => done(null), done)
    },
    get: (index, options, done) => {
      // Comes straight from a peer's request.
      const piece = pieceIndex(index, metainfo.pieceCount)
      const lengthOfPiece = piece === undefined ? 0 : pieceLength(metainfo, piece)
      const { offset = 0, length = lengthOfPiece - offset } = options ?? {}
      if (piece === undefined || offset < 0 || length <= 0 || offset + length > lengthOfPiece)
        return done(new Error(`no ${length} bytes at ${offset} of piece ${index}`))
      read(piece, offset, length).then(
        (bytes) => done(null, bytes),
        (error) => {
          events.onUnreadable(error)
          done(error)
        },
      )
    },
    // Whoever opened the store closes it.
    close: (done) => done(null),
    destroy: (done) => done(null),
  }
}
