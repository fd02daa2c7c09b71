import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RookeryError, systemErrorCode } from '../../runtime/errors.ts'

/** Left free for everything else on the disk: the app's own files, logs, and the spool. */
const reserveBytes = 16 * 1024 * 1024

/**
 * Refuses to begin what the disk cannot hold, so that it is not filled to the brim first, to everybody's harm.
 * @param directory may not be there yet.
 * @throws {RookeryError} DISK_FULL that tells what is needed and what there is.
 */
export async function requireRoom(directory: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(await nearestExisting(directory))
  const free = bavail * bsize
  if (free >= bytes + reserveBytes) return
  const mib = (count: number) => `${Math.ceil(count / 1024 ** 2)} MiB`
  throw new RookeryError(
    'DISK_FULL',
    `${what} needs ${mib(bytes)} in ${directory} beside a reserve of ${mib(reserveBytes)}, only ${mib(free)} are free`,
  )
}

/** Bytes a file takes on the disk already; 0 when it is not there. */
export async function bytesOnDisk(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined)
  return (stats?.blocks ?? 0) * 512
}

async function nearestExisting(path: string): Promise<string> {
  for (let candidate = path; ; candidate = dirname(candidate)) {
    try {
      await stat(candidate)
      return candidate
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT' || candidate === dirname(candidate)) throw error
    }
  }
}
