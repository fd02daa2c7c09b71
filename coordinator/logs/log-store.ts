import type { LogEntry, LogQuery } from '../../proto/http/api.ts'
import type { Database } from '../store/database.ts'

/** A chunk of a stream on its way into the store. */
export interface NewLogChunk {
  readonly rolloutId: string
  readonly releaseId: string
  readonly host: string
  readonly stream: string
  readonly sequence: number
  readonly atMs: number
  readonly data: Uint8Array
  /** Not 0 for a gap: so many bytes were lost. */
  readonly gapBytes: number
}

type Listener = (entry: LogEntry & { releaseId: string }) => void

/** Log chunks of every stream, numbered in the order they arrived. */
export class LogStore {
  readonly #database: Database
  readonly #listeners = new Set<Listener>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Stores chunks and then tells the watchers. */
  async append(chunks: readonly NewLogChunk[]): Promise<void> {
    this.announce(await this.insert(this.#database, chunks))
  }

  /** Stores chunks inside the caller's transaction; the caller announces them after its commit. */
  async insert(transaction: Database, chunks: readonly NewLogChunk[]): Promise<(LogEntry & { releaseId: string })[]> {
    const entries: (LogEntry & { releaseId: string })[] = []
    for (const chunk of chunks) {
      const row = await transaction
        .insertInto('log_entry')
        .values({
          rollout_id: chunk.rolloutId,
          release_id: chunk.releaseId,
          host: chunk.host,
          stream: chunk.stream,
          sequence: chunk.sequence,
          at_ms: chunk.atMs,
          data: chunk.data,
          gap_bytes: chunk.gapBytes,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      entries.push({ ...withoutData(chunk), id: row.id, text: decode(chunk.data), releaseId: chunk.releaseId })
    }
    return entries
  }

  announce(entries: readonly (LogEntry & { releaseId: string })[]): void {
    for (const entry of entries) for (const listener of this.#listeners) listener(entry)
  }

  /** Entries after the cursor, oldest first. */
  async read(query: LogQuery): Promise<LogEntry[]> {
    let select = this.#database
      .selectFrom('log_entry')
      .selectAll()
      .orderBy('id')
      .limit(query.limit ?? 1_000)
    if (query.after !== undefined) select = select.where('id', '>', query.after)
    if (query.rollout !== undefined) select = select.where('rollout_id', '=', query.rollout)
    if (query.release !== undefined) select = select.where('release_id', '=', query.release)
    if (query.host !== undefined) select = select.where('host', '=', query.host)
    if (query.stream !== undefined) select = select.where('stream', '=', query.stream)
    return (await select.execute()).map((row) => ({
      id: row.id,
      rolloutId: row.rollout_id,
      host: row.host,
      stream: row.stream,
      sequence: row.sequence,
      atMs: row.at_ms,
      text: decode(row.data),
      gapBytes: row.gap_bytes,
    }))
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Whether an entry is one that the query asks for. */
export function matchesQuery(entry: LogEntry & { releaseId: string }, query: LogQuery): boolean {
  return (
    (query.rollout === undefined || entry.rolloutId === query.rollout) &&
    (query.release === undefined || entry.releaseId === query.release) &&
    (query.host === undefined || entry.host === query.host) &&
    (query.stream === undefined || entry.stream === query.stream)
  )
}

function withoutData({ rolloutId, host, stream, sequence, atMs, gapBytes }: NewLogChunk) {
  return { rolloutId, host, stream, sequence, atMs, gapBytes }
}

function decode(data: Uint8Array): string {
  return new TextDecoder().decode(data)
}
