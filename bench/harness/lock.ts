import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DirectoryLock, lockDirectory } from '../../runtime/directory-lock.ts'
import { RookeryError } from '../../runtime/errors.ts'

/**
 * Held by the one bench of this machine that measures: two at once would measure each other, and what an earlier one
 * has left can be removed only while none goes on.
 * @throws {Error} when another one holds it.
 */
export function lockBenches(): DirectoryLock {
  try {
    return lockDirectory(join(tmpdir(), 'rookery-bench'))
  } catch (error) {
    if (!(error instanceof RookeryError)) throw error
    throw new Error('another bench is under way, and two at once measure each other', { cause: error })
  }
}
