import { hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Metainfo } from '../swarm/index.ts'

/**
 * Compares a single file with the torrent's piece hashes; one piece is in memory at a time.
 * @returns the index of the first piece that differs, or undefined when the file is what the torrent says.
 */
export async function firstWrongPiece(
  metainfo: Metainfo,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const file = await open(path, 'r')
  const buffer = Buffer.allocUnsafe(metainfo.pieceLengthBytes)
  try {
    for (let piece = 0; piece < metainfo.pieceCount; piece++) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(buffer, 0, buffer.length, piece * metainfo.pieceLengthBytes)
      const expected = metainfo.pieceHashes.subarray(piece * 20, piece * 20 + 20)
      if (!hash('sha1', buffer.subarray(0, bytesRead), 'buffer').equals(expected)) return piece
    }
    return (await file.stat()).size === metainfo.totalBytes ? undefined : metainfo.pieceCount - 1
  } finally {
    await file.close()
  }
}
