import { setImmediate as turn } from 'node:timers/promises'
import { Bitfield } from '../engine/bitfield.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { FileSet } from './file-set.ts'
import { checkPiece } from './piece-hash.ts'

/** Pieces at once: one is read while another is hashed. */
const lanes = 2

/** Which of the claimed pieces are really in the files. What cannot be read is not there. */
export async function verifyPieces(
  metainfo: Metainfo,
  files: FileSet,
  claimed: Bitfield,
  signal: AbortSignal,
): Promise<Bitfield> {
  const verified = new Bitfield(metainfo.pieceCount)
  const pieces = claimed.indexes()
  const verifyRest = async () => {
    let buffer: Uint8Array = Buffer.allocUnsafeSlow(metainfo.pieceLengthBytes)
    for (const piece of pieces) {
      signal.throwIfAborted()
      const wanted = buffer.subarray(0, pieceLength(metainfo, piece))
      try {
        await files.read(piece * metainfo.pieceLengthBytes, wanted)
      } catch {
        continue
      }
      const { isGood, bytes } = await checkPiece(metainfo, piece, wanted)
      if (isGood) verified.set(piece)
      buffer = new Uint8Array(bytes.buffer)
      // Short pieces are hashed on this thread: everybody else gets a turn after each.
      await turn()
    }
  }
  // All must be done with the files before anybody closes them.
  const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, claimed.count) }, verifyRest))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return verified
}
