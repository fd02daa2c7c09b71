import type { PieceIndex } from '../identifiers.ts'
import { type Metainfo, type MetainfoFile, pieceLength } from '../metainfo/metainfo.ts'

/** The part of a piece that lies in one file. */
export interface Span {
  readonly file: MetainfoFile
  /** From the start of the file. */
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** The files a piece lies in, in order; empty files are in none. */
export function spansOf(metainfo: Metainfo, piece: PieceIndex): Span[] {
  const start = piece * metainfo.pieceLengthBytes
  const end = start + pieceLength(metainfo, piece)
  return metainfo.files.flatMap((file) => {
    const first = Math.max(start, file.offsetBytes)
    const last = Math.min(end, file.offsetBytes + file.lengthBytes)
    return first < last ? [{ file, offsetBytes: first - file.offsetBytes, lengthBytes: last - first }] : []
  })
}
