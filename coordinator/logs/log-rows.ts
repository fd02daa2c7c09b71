import { type Selectable, sql } from 'kysely'
import type { LogEntry } from '../../proto/http/logs.ts'
import type { Tables } from '../store/schema.ts'

/** A chunk of a stream on its way into the store. */
export interface NewLogChunk {
  readonly rolloutId: string
  readonly releaseId: string
  readonly app?: string
  readonly host: string
  readonly stream: string
  readonly sequence: number
  readonly atMs: number
  readonly data: Uint8Array
  /** Not 0 for a gap: so many bytes are missing. */
  readonly gapBytes: number
  /** Of a gap: the bytes per second beyond which they were left out; lost without it. */
  readonly gapLimit?: number
  /** No more follow in its stream. */
  readonly final?: boolean
}

/** What is known of an entry without its text. */
export interface LogHead extends Omit<LogEntry, 'text'> {
  readonly releaseId: string
  readonly bytes: number
}

export type StoredLogEntry = LogEntry & Pick<LogHead, 'releaseId'>

type EntryRow = Selectable<Tables['log_entry']>

export const headColumns = [
  'id',
  'rollout_id',
  'release_id',
  'app',
  'host',
  'stream',
  'sequence',
  'at_ms',
  'gap_bytes',
  'gap_limit',
  'final',
] as const

/** Bytes of an entry, without reading them. */
export const byteLength = sql<number>`octet_length(data)`

export function toRow(chunk: NewLogChunk, storedAtMs: number) {
  return {
    rollout_id: chunk.rolloutId,
    release_id: chunk.releaseId,
    app: chunk.app ?? '',
    host: chunk.host,
    stream: chunk.stream,
    sequence: chunk.sequence,
    at_ms: chunk.atMs,
    data: chunk.data,
    gap_bytes: chunk.gapBytes,
    gap_limit: chunk.gapLimit ?? 0,
    final: chunk.final ? 1 : 0,
    stored_at_ms: storedAtMs,
  }
}

export function asEntry(
  id: number,
  { app = '', gapLimit = 0, final = false, data, ...rest }: NewLogChunk,
): StoredLogEntry {
  return { ...rest, id, app, gapLimit, final, text: decode(data) }
}

export function toHead(row: Pick<EntryRow, (typeof headColumns)[number]>): Omit<LogHead, 'bytes'> {
  return {
    id: row.id,
    rolloutId: row.rollout_id,
    releaseId: row.release_id,
    app: row.app,
    host: row.host,
    stream: row.stream,
    sequence: row.sequence,
    atMs: row.at_ms,
    gapBytes: row.gap_bytes,
    gapLimit: row.gap_limit,
    final: row.final === 1,
  }
}

export function toEntry(row: Pick<EntryRow, (typeof headColumns)[number] | 'data'>): StoredLogEntry {
  return { ...toHead(row), text: decode(row.data) }
}

function decode(data: Uint8Array): string {
  return new TextDecoder().decode(data)
}
