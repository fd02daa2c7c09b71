import { hash } from 'node:crypto'
import { blockLengthBytes } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import { hashInThread } from './hash-thread.ts'

export interface PieceCheck {
  readonly isGood: boolean
  /** Digest of each block, when they were asked for or the piece is bad. */
  readonly blockDigests?: readonly string[]
}

/** Shorter pieces are hashed sooner than they are handed to another thread: swarm/README.md has the figures. */
const minThreadBytes = 128 * 1024

/**
 * Compares bytes with the torrent's piece (SHA-1, BEP 3), off this thread where that is cheaper.
 * @param bytes alone in their buffer, which is away until the answer brings it back.
 */
export async function checkPiece(
  metainfo: Metainfo,
  piece: number,
  bytes: Uint8Array,
  withDigests = false,
): Promise<PieceCheck & { readonly bytes: Uint8Array }> {
  const expected = hashOf(metainfo, piece).slice()
  if (pieceLength(metainfo, piece) >= minThreadBytes) return hashInThread({ bytes, expected, withDigests })
  return { ...compare(bytes, expected, withDigests), bytes }
}

/** Whether the bytes are the piece the torrent means; hashed at once, on this thread. */
export function isPiece(metainfo: Metainfo, piece: number, bytes: Uint8Array): boolean {
  return hash('sha1', bytes, 'buffer').equals(hashOf(metainfo, piece))
}

export function compare(bytes: Uint8Array, expected: Uint8Array, withDigests: boolean): PieceCheck {
  const isGood = hash('sha1', bytes, 'buffer').equals(expected)
  return withDigests || !isGood ? { isGood, blockDigests: blockDigests(bytes) } : { isGood }
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
