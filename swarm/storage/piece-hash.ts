import { hash } from 'node:crypto'
import { blockLengthBytes } from '../identifiers.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import { hashInThread, isWorthThread } from './hash-thread.ts'

export interface PieceCheck {
  readonly isGood: boolean
  /** Digest of each block, when they were asked for or the piece is bad. */
  readonly blockDigests?: readonly string[]
}

/**
 * Compares bytes with the torrent's piece (SHA-1, BEP 3), in another thread while there is much to hash.
 * @param own alone in their buffer, which may be away until the answer brings it back.
 */
export async function checkPiece(
  metainfo: Metainfo,
  piece: number,
  own: Uint8Array,
  withDigests = false,
): Promise<PieceCheck & { readonly bytes: Uint8Array }> {
  const { isGood, bytes } = isWorthThread(own.length)
    ? await hashInThread({ bytes: own, expected: hashOf(metainfo, piece).slice() })
    : { isGood: isPiece(metainfo, piece, own), bytes: own }
  return { isGood, bytes, ...(withDigests || !isGood ? { blockDigests: blockDigests(bytes) } : {}) }
}

/** Whether the bytes are the piece the torrent means; hashed at once, on this thread. */
export function isPiece(metainfo: Metainfo, piece: number, bytes: Uint8Array): boolean {
  return hash('sha1', bytes, 'buffer').equals(hashOf(metainfo, piece))
}

function hashOf(metainfo: Metainfo, piece: number): Uint8Array {
  return metainfo.pieceHashes.subarray(piece * 20, piece * 20 + 20)
}

/** A digest of each block of a piece, to compare two versions of it. */
function blockDigests(bytes: Uint8Array): string[] {
  const digests: string[] = []
  for (let at = 0; at < bytes.length; at += blockLengthBytes)
    digests.push(hash('sha1', bytes.subarray(at, at + blockLengthBytes), 'base64'))
  return digests
}
