import { stat, statfs } from 'node:fs/promises'
import { RookeryError } from '../../runtime/errors.ts'
import type { FileSet } from './file-set.ts'

/**
 * Refuses to begin what the disk cannot hold. Node cannot reserve space (it has no fallocate), so files begin sparse; a
 * disk that others fill meanwhile ends the fetch in the middle, with the same code, and what is there stays.
 * @param directory is there already.
 * @throws {RookeryError} DISK_FULL that tells what is needed and what there is.
 */
export async function requireRoom(files: FileSet, directory: string, name: string): Promise<void> {
  let needed = 0
  for (const file of files.files) {
    const found = await stat(files.pathOf(file)).catch(() => undefined)
    needed += Math.max(0, file.lengthBytes - (found?.blocks ?? 0) * 512)
  }
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  if (needed <= free) return
  throw new RookeryError('DISK_FULL', `${name} needs ${needed} more bytes in ${directory}, only ${free} are free`)
}
