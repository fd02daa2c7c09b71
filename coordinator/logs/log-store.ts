import type { LogEntry, LogQuery } from '../../proto/http/logs.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import type { Database } from '../store/database.ts'
import {
  asEntry,
  byteLength,
  headColumns,
  type LogHead,
  type NewLogChunk,
  type StoredLogEntry,
  toEntry,
  toHead,
  toRow,
} from './log-rows.ts'

/** The one of its entries that an index finds; without any, all entries. */
export type LogIndex = Pick<LogQuery, 'rollout' | 'release' | 'host'>

interface HeadRange {
  readonly after?: number
  readonly before?: number
  readonly limit: number
  readonly newestFirst?: boolean
}

type Listener = (entry: StoredLogEntry) => void

/** Far below what a statement of either database may hold. */
const rowsAtOnce = 100

/** Log chunks of every stream, numbered in the order they arrived. */
export class LogStore {
  readonly #database: Database
  readonly #clock: Clock
  readonly #listeners = new Set<Listener>()

  constructor(database: Database, clock: Clock = systemClock) {
    this.#database = database
    this.#clock = clock
  }

  /** Stores chunks and then tells the watchers. */
  async append(chunks: readonly NewLogChunk[]): Promise<void> {
    this.announce(await this.#database.transaction().execute((transaction) => this.insert(transaction, chunks)))
  }

  /** Stores chunks inside the caller's transaction; the caller announces them after its commit. */
  async insert(transaction: Database, chunks: readonly NewLogChunk[]): Promise<StoredLogEntry[]> {
    const storedAtMs = this.#clock.now()
    const entries: StoredLogEntry[] = []
    for (let first = 0; first < chunks.length; first += rowsAtOnce) {
      const group = chunks.slice(first, first + rowsAtOnce)
      const rows = group.map((chunk) => toRow(chunk, storedAtMs))
      const inserted = await transaction.insertInto('log_entry').values(rows).returning('id').execute()
      // Numbers are given in the order of the rows, but may be told in another.
      const ids = inserted.map(({ id }) => id).sort((a, b) => a - b)
      for (const [index, chunk] of group.entries()) entries.push(asEntry(ids[index]!, chunk))
    }
    await addToDay(transaction, dayOf(storedAtMs), chunks)
    return entries
  }

  announce(entries: readonly StoredLogEntry[]): void {
    for (const entry of entries) for (const listener of this.#listeners) listener(entry)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Entries after the cursor, oldest first; filters on lines and pools are the reader's. */
  async read(
    query: Pick<LogQuery, 'rollout' | 'release' | 'app' | 'host' | 'stream' | 'after' | 'limit'>,
  ): Promise<LogEntry[]> {
    const { after = 0, limit = 1_000 } = query
    let select = this.#entries().where('id', '>', after).orderBy('id').limit(limit)
    if (query.rollout !== undefined) select = select.where('rollout_id', '=', query.rollout)
    if (query.release !== undefined) select = select.where('release_id', '=', query.release)
    if (query.app !== undefined) select = select.where('app', '=', query.app)
    if (query.host !== undefined) select = select.where('host', '=', query.host)
    if (query.stream !== undefined) select = select.where('stream', '=', query.stream)
    return (await select.execute()).map(toEntry).map(({ releaseId: _, ...entry }) => entry)
  }

  /** Heads of at most `limit` entries; walks an index and looks at no more rows than that. */
  async heads(index: LogIndex, { after = 0, before, limit, newestFirst = false }: HeadRange): Promise<LogHead[]> {
    let select = this.#database
      .selectFrom('log_entry')
      .select(headColumns)
      .select(byteLength.as('bytes'))
      .where('id', '>', after)
      .orderBy('id', newestFirst ? 'desc' : 'asc')
      .limit(limit)
    if (before !== undefined) select = select.where('id', '<', before)
    if (index.rollout !== undefined) select = select.where('rollout_id', '=', index.rollout)
    else if (index.host !== undefined) select = select.where('host', '=', index.host)
    else if (index.release !== undefined) select = select.where('release_id', '=', index.release)
    return (await select.execute()).map((row) => ({ ...toHead(row), bytes: row.bytes }))
  }

  /** Whole entries, oldest first. */
  async entries(ids: readonly number[]): Promise<StoredLogEntry[]> {
    if (ids.length === 0) return []
    const rows = await this.#entries()
      .where('id', 'in', [...ids])
      .orderBy('id')
      .execute()
    return rows.map(toEntry)
  }

  /** The entry before this one in its stream, or the one behind it. */
  async neighbour(
    of: Pick<LogHead, 'id' | 'host' | 'stream' | 'rolloutId'>,
    which: 'before' | 'behind',
  ): Promise<StoredLogEntry | undefined> {
    const isBefore = which === 'before'
    const row = await this.#entries()
      .where('host', '=', of.host)
      .where('stream', '=', of.stream)
      .where('rollout_id', '=', of.rolloutId)
      .where('id', isBefore ? '<' : '>', of.id)
      .orderBy('id', isBefore ? 'desc' : 'asc')
      .limit(1)
      .executeTakeFirst()
    return row && toEntry(row)
  }

  /** Id of the newest entry; 0 when there is none. */
  async newestId(): Promise<number> {
    const { newest } = await this.#database
      .selectFrom('log_entry')
      .select((eb) => eb.fn.max('id').as('newest'))
      .executeTakeFirstOrThrow()
    return newest ?? 0
  }

  /** Id of the first entry that came at `atMs` or later; one more than the newest when none did. */
  async firstStoredFrom(atMs: number): Promise<number> {
    const oldest = await this.#database.selectFrom('log_entry').select('id').orderBy('id').limit(1).executeTakeFirst()
    let low = oldest?.id ?? 1
    let high = (await this.newestId()) + 1
    // Arrival times rise with ids, so halving finds it; ids may be missing.
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const row = await this.#database
        .selectFrom('log_entry')
        .select(['id', 'stored_at_ms'])
        .where('id', '>=', middle)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      if (!row || row.stored_at_ms >= atMs) high = middle
      else low = row.id + 1
    }
    return low
  }

  /** Bytes of all that is stored. */
  async totalBytes(): Promise<number> {
    const days = await this.#database.selectFrom('log_day').select('bytes').execute()
    return days.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** When the first entry behind `after` came; undefined when there is none. */
  async storedBehind(after: number): Promise<number | undefined> {
    const row = await this.#database
      .selectFrom('log_entry')
      .select('stored_at_ms')
      .where('id', '>', after)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    return row?.stored_at_ms
  }

  /** The oldest entries, oldest first, as far as their removal needs to know them. */
  async oldest(limit: number): Promise<{ id: number; rolloutId: string; storedAtMs: number; bytes: number }[]> {
    return this.#database
      .selectFrom('log_entry')
      .select(['id', 'rollout_id as rolloutId', 'stored_at_ms as storedAtMs', byteLength.as('bytes')])
      .orderBy('id')
      .limit(limit)
      .execute()
  }

  /** Entries of a rollout from `first` to `last`, with their bytes as they came. */
  async whole({ rolloutId, first, last }: { rolloutId: string; first: number; last: number }) {
    const rows = await this.#entries()
      .select('stored_at_ms')
      .where('rollout_id', '=', rolloutId)
      .where('id', '>=', first)
      .where('id', '<=', last)
      .orderBy('id')
      .execute()
    return rows.map((row) => ({ ...toHead(row), storedAtMs: row.stored_at_ms, data: row.data }))
  }

  #entries() {
    return this.#database.selectFrom('log_entry').select([...headColumns, 'data'])
  }
}

/** The day, UTC, under which what came then is counted, kept and archived. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

async function addToDay(transaction: Database, day: string, chunks: readonly NewLogChunk[]): Promise<void> {
  if (chunks.length === 0) return
  const bytes = chunks.reduce((sum, { data }) => sum + data.length, 0)
  await transaction
    .insertInto('log_day')
    .values({ day, entries: chunks.length, bytes })
    .onConflict((conflict) =>
      conflict.column('day').doUpdateSet((eb) => ({
        entries: eb('log_day.entries', '+', chunks.length),
        bytes: eb('log_day.bytes', '+', bytes),
      })),
    )
    .execute()
}
