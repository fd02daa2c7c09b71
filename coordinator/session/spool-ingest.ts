import type { Gap, LogChunk, SpoolBatch, SpoolRecord } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Redactor } from '../../runtime/redactor.ts'
import type { CounterStore } from '../counters/counter-store.ts'
import { isBroken, shippedWindows } from '../counters/shipped-windows.ts'
import type { LogStore, NewLogChunk } from '../logs/log-store.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly logs: LogStore
  readonly counters: CounterStore
  /** Takes secrets out of each chunk; one that is cut between two chunks is the agent’s to find. */
  readonly redactor: Redactor
  readonly clock: Clock
}

/** Stores what agents spooled: each record once and in order, since rows and cursor change in one transaction. */
export class SpoolIngest {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Number of the last record of this spool that is stored; 0 when none is. */
  async acked(host: string, spoolId: string): Promise<number> {
    return cursor(this.#dependencies.database, host, spoolId)
  }

  /** Stores the records that are new and returns the number to acknowledge. */
  async ingest(host: string, batch: SpoolBatch): Promise<number> {
    const { database, logs, counters } = this.#dependencies
    const { acked, entries } = await database.transaction().execute(async (transaction) => {
      const stored = await cursor(transaction, host, batch.spoolId)
      const records = rising(batch.records, stored)
      if (records.length === 0) return { acked: stored, entries: [] }
      const entries = await logs.insert(transaction, this.#logChunks(host, stored, records))
      const windows = records.flatMap((record) => shippedWindows(host, record))
      await counters.insert(transaction, windows)
      const acked = records.at(-1)!.number
      await setCursor(transaction, host, batch.spoolId, acked)
      return { acked, entries }
    })
    logs.announce(entries)
    return acked
  }

  #logChunks(host: string, stored: number, records: readonly SpoolRecord[]): NewLogChunk[] {
    const chunks: NewLogChunk[] = []
    let previous = stored
    for (const record of records) {
      // Numbers never skip, so a hole means that the agent lost records without knowing: shown, never silent.
      if (record.number !== previous + 1 && record.gap === null) chunks.push(this.#gap(host, previous + 1, 1))
      if (record.gap) chunks.push(...this.#losses(host, record.number, record.gap))
      // One window that is no number must not keep all that follow it from being stored.
      if (isBroken(record)) chunks.push(this.#gap(host, record.number, 1))
      if (record.logChunk) chunks.push(...this.#chunks(host, record.logChunk))
      previous = record.gap ? Math.max(record.number, record.gap.lastNumber) : record.number
    }
    return chunks
  }

  /** What was left out stands before what came in its place. */
  #chunks(host: string, { leftOutBytes, leftOutLimit, data, ...chunk }: LogChunk): NewLogChunk[] {
    const redacted = this.#dependencies.redactor.bytes(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    const whole = { ...chunk, host, data: redacted, gapBytes: 0 }
    if (leftOutBytes === 0) return [whole]
    const leftOut = { ...whole, data: new Uint8Array(), final: false, gapBytes: leftOutBytes, gapLimit: leftOutLimit }
    return data.length === 0 && !chunk.final ? [leftOut] : [leftOut, whole]
  }

  /** In each stream that lost something; what belongs to none is shown among the agent's own lines. */
  #losses(host: string, number: number, { streams, otherBytes, bytes }: Gap): NewLogChunk[] {
    const atMs = this.#dependencies.clock.now()
    const known = streams.map(({ stream, rolloutId, app, releaseId, firstSequence, bytes: lost }) => ({
      ...{ stream, rolloutId, app, releaseId, host, sequence: firstSequence, atMs, data: new Uint8Array() },
      gapBytes: Math.max(1, lost),
    }))
    if (known.length === 0) return [this.#gap(host, number, Math.max(1, bytes))]
    return otherBytes > 0 ? [...known, this.#gap(host, number, otherBytes)] : known
  }

  #gap(host: string, sequence: number, gapBytes: number): NewLogChunk {
    const atMs = this.#dependencies.clock.now()
    return { rolloutId: '', releaseId: '', host, stream: 'agent', sequence, atMs, data: new Uint8Array(), gapBytes }
  }
}

/** The records beyond `stored`, each with a higher number than the one before: anything else was stored or is nonsense. */
function rising(records: readonly SpoolRecord[], stored: number): SpoolRecord[] {
  let last = stored
  return records.filter((record) => {
    if (record.number <= last) return false
    last = record.number
    return true
  })
}

async function cursor(database: Database, host: string, spoolId: string): Promise<number> {
  const row = await database
    .selectFrom('spool_cursor')
    .select('acked')
    .where('host', '=', host)
    .where('spool_id', '=', spoolId)
    .executeTakeFirst()
  return row?.acked ?? 0
}

async function setCursor(database: Database, host: string, spoolId: string, acked: number): Promise<void> {
  await database
    .insertInto('spool_cursor')
    .values({ host, spool_id: spoolId, acked })
    .onConflict((conflict) => conflict.columns(['host', 'spool_id']).doUpdateSet({ acked }))
    .execute()
}
