import { join } from 'node:path'
import { RookeryError } from '../../../runtime/errors.ts'
import type { StoredLogEntry } from '../log-rows.ts'
import { readPart } from './archive-file.ts'
import type { Removals } from './removals.ts'

/** What of a rollout's log is in the archive. */
export class ArchivedLogs {
  readonly #directory: string | undefined
  readonly #removals: Removals

  constructor(directory: string | undefined, removals: Removals) {
    this.#directory = directory
    this.#removals = removals
  }

  /**
   * Archived entries of a rollout behind `after`, oldest first, as many as lie together; undefined when there are none.
   * @throws {RookeryError} UNAVAILABLE when the archive cannot be read.
   */
  async read(rolloutId: string, after: number): Promise<{ entries: StoredLogEntry[]; last: number } | undefined> {
    const removal = await this.#removals.archived(rolloutId, after)
    if (!removal) return undefined
    if (this.#directory === undefined)
      throw new RookeryError(
        'UNAVAILABLE',
        `a part of this log is in ${removal.file} of an archive that is not configured`,
      )
    const path = join(this.#directory, removal.file!)
    const entries = await readPart(path, removal.part).catch((error) => {
      throw new RookeryError('UNAVAILABLE', `the archived log ${path} cannot be read`, { cause: error })
    })
    const behind = entries.filter(({ id }) => id > after)
    return {
      entries: behind.map(({ data, storedAtMs: _, ...entry }) => ({ ...entry, text: new TextDecoder().decode(data) })),
      last: removal.last,
    }
  }
}
