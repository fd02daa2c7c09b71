import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { LogPage } from '../../../proto/http/logs.ts'
import type { Database } from '../../store/database.ts'
import type { Tables } from '../../store/schema.ts'
import type { ArchivePart } from './archive-file.ts'

/** Entries of one rollout that came on one day, side by side but for those of others. */
export interface Run {
  readonly day: string
  readonly rolloutId: string
  readonly first: number
  readonly last: number
  readonly entries: number
  readonly bytes: number
}

export interface Removal extends Run {
  readonly id: number
  /** Below the archive's directory; null when they are gone. */
  readonly file: string | null
  readonly part: ArchivePart
}

interface MissingRange {
  readonly rolloutId?: string
  readonly after: number
  readonly before?: number
  readonly isTail?: boolean
}

/** Rows deleted in one transaction: others write in between. */
const rowsAtOnce = 100
/** An answer tells of so many at most, the newest. */
const mostTold = 500

/** The record of what was removed from the log, and the removal itself. */
export class Removals {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Notes a run that is to be removed from now on; what is archived of it is complete and checked. */
  async begin(run: Run, atMs: number, archived?: { file: string; part: ArchivePart }): Promise<void> {
    const row = {
      ...{ day: run.day, rollout_id: run.rolloutId, first_entry: run.first, last_entry: run.last },
      ...{ entries: run.entries, bytes: run.bytes, at_ms: atMs, file: archived?.file ?? null },
      ...{ file_offset: archived?.part.offset ?? 0, file_bytes: archived?.part.bytes ?? 0 },
      ...{ hash: archived?.part.hash ?? '', done: 0 },
    }
    await this.#database.insertInto('log_removal').values(row).execute()
  }

  /** Those that are not over, oldest first. */
  async underWay(): Promise<Removal[]> {
    const rows = await this.#database
      .selectFrom('log_removal')
      .selectAll()
      .where('done', '=', 0)
      .orderBy('id')
      .execute()
    return rows.map(toRemoval)
  }

  /** Deletes some of its rows. @returns whether there may be more. */
  async deleteSome({ day, rolloutId, first, last }: Run): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const rows = await transaction
        .selectFrom('log_entry')
        .select(['id', (eb) => eb.fn<number>('octet_length', ['data']).as('bytes')])
        .where('rollout_id', '=', rolloutId)
        .where('id', '>=', first)
        .where('id', '<=', last)
        .orderBy('id')
        .limit(rowsAtOnce)
        .execute()
      if (rows.length === 0) return false
      const ids = rows.map(({ id }) => id)
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
      await transaction.deleteFrom('log_entry').where('id', 'in', ids).execute()
      await transaction
        .updateTable('log_day')
        .set((eb) => ({ entries: eb('entries', '-', rows.length), bytes: eb('bytes', '-', bytes) }))
        .where('day', '=', day)
        .execute()
      return rows.length === rowsAtOnce
    })
  }

  /** Its rows are deleted. What left nothing but this note is told with what of its rollout and day went before. */
  async finish(removal: Removal): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const earlier = await transaction
        .selectFrom('log_removal')
        .select('id')
        .where('rollout_id', '=', removal.rolloutId)
        .where('day', '=', removal.day)
        .where('file', 'is', null)
        .where('done', '=', 1)
        .executeTakeFirst()
      if (removal.file !== null || !earlier) {
        await transaction.updateTable('log_removal').set({ done: 1 }).where('id', '=', removal.id).execute()
        return
      }
      await transaction
        .updateTable('log_removal')
        .set((eb) => ({
          last_entry: removal.last,
          entries: eb('entries', '+', removal.entries),
          bytes: eb('bytes', '+', removal.bytes),
        }))
        .where('id', '=', earlier.id)
        .execute()
      await transaction.deleteFrom('log_removal').where('id', '=', removal.id).execute()
    })
  }

  /** How much of an archive file is of parts that are noted. */
  async lengthOf(file: string): Promise<number> {
    const row = await this.#database
      .selectFrom('log_removal')
      .select(['file_offset', 'file_bytes'])
      .where('file', '=', file)
      .orderBy('file_offset', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? row.file_offset + row.file_bytes : 0
  }

  /** The first archived run of a rollout that has entries behind `after`. */
  async archived(rolloutId: string, after: number): Promise<Removal | undefined> {
    const row = await this.#database
      .selectFrom('log_removal')
      .selectAll()
      .where('rollout_id', '=', rolloutId)
      .where('file', 'is not', null)
      .where('last_entry', '>', after)
      .orderBy('last_entry')
      .limit(1)
      .executeTakeFirst()
    return row && toRemoval(row)
  }

  /** What is missing behind `after` and before `before`, by day; of one rollout, only a tail misses what is archived. */
  async missing({ rolloutId, after, before, isTail = false }: MissingRange): Promise<LogPage['removed']> {
    let select = this.#database
      .selectFrom('log_removal')
      .select(['day', 'rollout_id', 'file'])
      .select((eb) => [eb.fn.sum<number>('entries').as('entries'), eb.fn.sum<number>('bytes').as('bytes')])
      .where('last_entry', '>', after)
      .groupBy(['day', 'rollout_id', 'file'])
      .orderBy('day', 'desc')
      .limit(mostTold)
    if (before !== undefined) select = select.where('first_entry', '<', before)
    if (rolloutId !== undefined) select = select.where('rollout_id', '=', rolloutId)
    if (rolloutId !== undefined && !isTail) select = select.where('file', 'is', null)
    const rows = await select.execute()
    return rows.reverse().map(({ rollout_id, ...row }) => ({ ...row, rolloutId: rollout_id }))
  }
}

/** Names that a rollout's id can be without leading elsewhere; agents tell us of ids. */
export function archiveFileName({ day, rolloutId }: Pick<Run, 'day' | 'rolloutId'>): string {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(rolloutId)
  const other = rolloutId === '' ? '_none' : `_${createHash('sha256').update(rolloutId).digest('hex').slice(0, 20)}`
  return `${day}/${isPlain ? rolloutId : other}.ndjson.zst`
}

function toRemoval(row: Selectable<Tables['log_removal']>): Removal {
  const part = { offset: row.file_offset, bytes: row.file_bytes, entries: row.entries, hash: row.hash }
  return {
    ...{ id: row.id, day: row.day, rolloutId: row.rollout_id, first: row.first_entry, last: row.last_entry },
    ...{ entries: row.entries, bytes: row.bytes, file: row.file, part },
  }
}
