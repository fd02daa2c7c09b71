import { hash } from 'node:crypto'
import { blockLengthBytes } from '../identifiers.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'

/** Whether the bytes are the piece the torrent means (SHA-1, BEP 3). */
export function isPiece(metainfo: Metainfo, piece: number, bytes: Uint8Array): boolean {
  const digest = hash('sha1', bytes, 'buffer')
  return digest.equals(metainfo.pieceHashes.subarray(piece * 20, piece * 20 + 20))
}

/** A digest of each block of a piece, to compare two versions of it. */
export function blockDigests(bytes: Uint8Array): string[] {
  const digests: string[] = []
  for (let at = 0; at < bytes.length; at += blockLengthBytes)
    digests.push(hash('sha1', bytes.subarray(at, at + blockLengthBytes), 'base64'))
  return digests
}
