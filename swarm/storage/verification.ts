import { setImmediate as turn } from 'node:timers/promises'
import { Bitfield } from '../engine/bitfield.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { FileSet } from './file-set.ts'
import { isPiece } from './piece-hash.ts'

/** Which of the claimed pieces are really in the files. What cannot be read is not there. */
export async function verifyPieces(
  metainfo: Metainfo,
  files: FileSet,
  claimed: Bitfield,
  signal: AbortSignal,
): Promise<Bitfield> {
  const verified = new Bitfield(metainfo.pieceCount)
  const buffer = Buffer.allocUnsafeSlow(metainfo.pieceLengthBytes)
  for (const piece of claimed.indexes()) {
    signal.throwIfAborted()
    const bytes = buffer.subarray(0, pieceLength(metainfo, piece))
    try {
      await files.read(piece * metainfo.pieceLengthBytes, bytes)
    } catch {
      continue
    }
    if (isPiece(metainfo, piece, bytes)) verified.set(piece)
    // Hashing keeps the thread busy; everybody else gets a turn after each piece.
    await turn()
  }
  return verified
}
