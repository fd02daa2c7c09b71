import type { Gap, LogChunk, SpoolBatch, SpoolRecord } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Redactor } from '../../runtime/redactor.ts'
import type { CounterStore } from '../counters/counter-store.ts'
import type { KnownShipment } from '../counters/page-builder.ts'
import { isBroken, type Shipment, shipmentOf } from '../counters/shipment.ts'
import type { NewLogChunk, StoredLogEntry } from '../logs/log-rows.ts'
import type { LogStore } from '../logs/log-store.ts'
import type { Database } from '../store/database.ts'
import { CommitGroups } from './commit-groups.ts'

interface Dependencies {
  readonly database: Database
  readonly logs: LogStore
  readonly counters: CounterStore
  /** Takes secrets out of each chunk; one that is cut between two chunks is the agent’s to find. */
  readonly redactor: Redactor
  readonly clock: Clock
}

interface HostBatch {
  readonly host: string
  readonly batch: SpoolBatch
  readonly shipments: ReadonlyMap<SpoolRecord, Shipment>
}

/** Windows of so many counters are worth a commit of their own. */
const fullWindows = 50_000

/** Stores what agents spooled: each record once and in order, since rows and cursor change in one transaction. */
export class SpoolIngest {
  readonly #dependencies: Dependencies
  readonly #groups: CommitGroups<HostBatch, number>

  /** @param options.lingerMs batches with counters wait so long for others: a fleet sends its windows all at once. */
  constructor(dependencies: Dependencies, { lingerMs }: { readonly lingerMs: number } = { lingerMs: 0 }) {
    this.#dependencies = dependencies
    this.#groups = new CommitGroups(
      { lingerMs, fullWeight: fullWindows },
      { commit: (batches) => this.#store(batches), clock: dependencies.clock },
    )
  }

  /** Number of the last record of this spool that is stored; 0 when none is. */
  async acked(host: string, spoolId: string): Promise<number> {
    return cursor(this.#dependencies.database, host, spoolId)
  }

  /** Stores the records that are new and returns the number to acknowledge. */
  async ingest(host: string, batch: SpoolBatch): Promise<number> {
    const shipments = new Map<SpoolRecord, Shipment>()
    let weight = 0
    for (const record of batch.records) {
      const shipment = shipmentOf(host, record)
      if (shipment) shipments.set(record, shipment)
      weight += shipment?.sums.length ?? 0
    }
    return this.#groups.add({ host, batch, shipments }, weight)
  }

  async #store(batches: readonly HostBatch[]): Promise<number[]> {
    const { database, logs, counters } = this.#dependencies
    const known = await counters.prepare(batches.flatMap(({ shipments }) => [...shipments.values()]))
    const knownOf = new Map(
      [...batches.flatMap(({ shipments }) => [...shipments.keys()])].map((record, at) => [record, known[at]!]),
    )
    const { acked, entries } = await database.transaction().execute(async (transaction) => {
      const acked: number[] = []
      const entries: StoredLogEntry[] = []
      const arrived: KnownShipment[] = []
      for (const { host, batch } of batches) {
        const stored = await cursor(transaction, host, batch.spoolId)
        const records = rising(batch.records, stored)
        acked.push(records.at(-1)?.number ?? stored)
        if (records.length === 0) continue
        entries.push(...(await logs.insert(transaction, this.#logChunks(host, stored, records))))
        arrived.push(...records.flatMap((record) => knownOf.get(record) ?? []))
        await setCursor(transaction, host, batch.spoolId, acked.at(-1)!)
      }
      await counters.insert(transaction, arrived)
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
  #chunks(host: string, chunk: LogChunk): NewLogChunk[] {
    // One by one: of a decoded message, a spread takes only the fields that were on the wire.
    const { rolloutId, releaseId, app, stream, sequence, atMs, data, final, leftOutBytes, leftOutLimit } = chunk
    const redacted = this.#dependencies.redactor.bytes(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
    const whole = { host, rolloutId, releaseId, app, stream, sequence, atMs, final, data: redacted, gapBytes: 0 }
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
