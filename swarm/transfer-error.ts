import { errorMessage, RookeryError, toRookeryError } from '../runtime/errors.ts'
import type { Metainfo } from './metainfo/metainfo.ts'

/** Why a transfer ended, with a code that callers may rely on: DISK_FULL, else FETCH_FAILED. */
export function transferError(thrown: unknown, { name }: Metainfo): RookeryError {
  if (thrown instanceof RookeryError) return thrown
  if (toRookeryError(thrown).code === 'DISK_FULL')
    return new RookeryError('DISK_FULL', `no space left on the disk for ${name}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  return new RookeryError('FETCH_FAILED', `cannot keep ${name} on the disk: ${errorMessage(thrown)}`, { cause: thrown })
}

/** What should only be seeded is not what the torrent means. */
export function mismatchError({ name, pieceCount }: Metainfo, goodPieces: number): RookeryError {
  return new RookeryError(
    'FETCH_FAILED',
    `the files do not match the torrent ${name}: ${goodPieces} of ${pieceCount} pieces verify`,
  )
}

export function stoppedError({ name }: Metainfo): RookeryError {
  return new RookeryError('FETCH_FAILED', `the fetch of ${name} was stopped`)
}
