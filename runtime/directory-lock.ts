import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RookeryError } from './errors.ts'

/** Held as long as the process lives; the kernel gives it back when the process dies, however it dies. */
export interface DirectoryLock {
  release(): void
}

/** A database that nobody refers to is collected, and its lock with it. */
const held = new Set<DatabaseSync>()

/**
 * Takes a data directory for this process alone. Node has no flock, but SQLite takes a POSIX lock
 * for an exclusive transaction, and that is just what is needed here.
 * @throws {RookeryError} DATA_DIR_LOCKED when another process holds it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true })
  const database = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw new RookeryError(
      'DATA_DIR_LOCKED',
      `${directory} is in use by another process; stop it first or choose another data directory`,
      {
        cause: error,
      },
    )
  }
  held.add(database)
  const release = () => {
    held.delete(database)
    database.close()
  }
  return { release }
}
