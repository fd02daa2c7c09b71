import { RookeryError } from '../../runtime/errors.ts'
import type { PieceIndex } from '../identifiers.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'

/** A piece that was held is no longer on the disk: somebody else changed or cut off its file, or the disk forgot it. */
export class PieceLost extends RookeryError {
  readonly piece: PieceIndex

  constructor({ name, pieceCount }: Metainfo, piece: PieceIndex) {
    super(
      'FETCH_FAILED',
      `piece ${piece} of ${pieceCount} of ${name} was changed on the disk after it had been verified; ` +
        'added again, the torrent is checked and what is wrong is fetched',
    )
    this.piece = piece
  }
}
