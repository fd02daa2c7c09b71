import type { CounterQuery, CounterWindow } from '../../proto/http/api.ts'
import { counterKinds } from '../../proto/http/counters.ts'
import type { Database } from '../store/database.ts'
import { BlockRows } from './block-rows.ts'
import { CounterIndex, type KnownCounter, type SeriesName } from './counter-index.ts'
import { namePattern } from './name-pattern.ts'
import { type KnownShipment, pagesOf } from './page-builder.ts'
import { ReadGate } from './read-gate.ts'
import { SeriesReader, type SeriesSelection, type Target } from './series-reader.ts'
import { namesOf, type Shipment } from './shipment.ts'
import { blockLength, blockStart, fineTier } from './tiers.ts'
import { WindowColumns } from './window-columns.ts'

interface Options {
  readonly maxSeries: number
}

/** What was not stored, and why. */
export interface RefusedWindows {
  /** Of series beyond the limit, and of names that are none. */
  overLimit: number
  /** Of a time that is not kept as finely any more. */
  tooOld: number
}

/** What an agent makes of names, and no more: they are stored, shown and matched. */
const isName = /^[\x21-\x7e]{1,300}$/
const isApp = /^[a-z0-9-]{0,63}$/

export interface CounterSelection {
  /** A pattern; all without it. */
  readonly name?: string | undefined
  /** Empty for counters of the host itself; all without it. */
  readonly app?: string | undefined
}

/**
 * Counter windows of all hosts.
 *
 * Invariants: what an agent shipped is in exactly one place, a page or a block of the finest tier; a block of a coarser tier
 * is the sum of finer ones and can be made again as long as those are kept. Each window is inserted once, since
 * its spool's cursor moves in the same transaction; parts of one window are added up.
 */
export class CounterStore {
  readonly index: CounterIndex
  readonly rows: BlockRows
  readonly gate = new ReadGate()
  readonly refused: RefusedWindows = { overLimit: 0, tooOld: 0 }
  /** Windows, since the start. */
  inserted = 0
  /** Windows of before are refused; see Retention. */
  floorMs = 0
  readonly #database: Database
  readonly #reader: SeriesReader

  constructor(database: Database, { maxSeries }: Options = { maxSeries: 1_000_000 }) {
    this.#database = database
    this.index = new CounterIndex({ maxSeries })
    this.rows = new BlockRows(database)
    this.#reader = new SeriesReader(this.rows, this.gate)
  }

  load(): Promise<void> {
    return this.index.load(this.#database)
  }

  /** Makes the series of shipments known. To be called before the transaction in which they are inserted. */
  async prepare(shipments: readonly Shipment[]): Promise<KnownShipment[]> {
    await this.load()
    const unknown: SeriesName[] = []
    const ids = shipments.map((shipment) => {
      const found = this.index.idsOf(shipment)
      if (found.includes(0)) unknown.push(...unknownOf(shipment, found))
      return found
    })
    if (unknown.length > 0) await this.index.add(this.#database, unknown)
    return shipments.map((shipment, at) => ({
      ...shipment,
      hostId: this.index.hostId(shipment.host) ?? 0,
      counterIds: ids[at]!.includes(0) ? this.index.idsOf(shipment) : ids[at]!,
    }))
  }

  /** Stores shipments inside the caller's transaction. Parts of one window add up. */
  async insert(transaction: Database, shipments: readonly KnownShipment[]): Promise<void> {
    const kept: KnownShipment[] = []
    for (const shipment of shipments) {
      const { startMs, counterIds } = shipment
      if (blockStart(fineTier, startMs) < this.floorMs) {
        this.refused.tooOld += counterIds.length
        continue
      }
      kept.push(shipment)
      let refused = 0
      for (const id of counterIds) if (id === 0) refused++
      this.refused.overLimit += refused
      this.inserted += counterIds.length - refused
    }
    await this.rows.insertPages(transaction, pagesOf(kept))
  }

  /** Counters whose names match, with no regard to hosts. */
  async counters({ name, app }: CounterSelection): Promise<KnownCounter[]> {
    await this.load()
    const matches = name === undefined ? () => true : namePattern(name)
    if (!matches) return []
    return [...this.index.counters].filter(
      (counter) => (app === undefined || counter.app === app) && matches(counter.name),
    )
  }

  /** Joins what is known of series in the columns that `target` gives. */
  async readSeries(selection: SeriesSelection, target: Target): Promise<void> {
    await this.#reader.read(selection, target)
  }

  /** Windows of 10 s that match, newest first. */
  async read({ name, app, host, fromMs = 0, toMs, limit = 1_000 }: CounterQuery): Promise<CounterWindow[]> {
    const counters = await this.counters({ name, app })
    const hostId = host === undefined ? undefined : this.index.hostId(host)
    if (counters.length === 0 || (host !== undefined && hostId === undefined)) return []
    const endMs = toMs ?? Number.MAX_SAFE_INTEGER
    const windows: CounterWindow[] = []
    for (const blockMs of await this.rows.fineStarts(blockStart(fineTier, fromMs), endMs)) {
      const hostIds = hostId === undefined ? undefined : [hostId]
      const found = await this.#readBlock(blockMs, counters, hostIds)
      for (const window of found)
        if (window.startMs >= fromMs && window.startMs < endMs && windows.length < limit) windows.push(window)
      if (windows.length >= limit) break
    }
    return windows
  }

  /** Newest first. */
  async #readBlock(
    blockMs: number,
    counters: readonly KnownCounter[],
    hostIds: readonly number[] | undefined,
  ): Promise<CounterWindow[]> {
    const series = new Map<string, { counter: KnownCounter; host: string; columns: WindowColumns }>()
    const selection = { counters, hostIds, fromMs: blockMs, toMs: blockMs + fineTier.blockMs, stepMs: fineTier.widthMs }
    await this.readSeries(selection, (counterId, hostId) => {
      const key = `${counterId} ${hostId}`
      const one = series.get(key) ?? {
        counter: this.index.counter(counterId)!,
        host: this.index.hostName(hostId),
        columns: new WindowColumns(blockLength(fineTier)),
      }
      series.set(key, one)
      return one.columns
    })
    const windows: CounterWindow[] = []
    for (let index = blockLength(fineTier) - 1; index >= 0; index--)
      for (const { counter, host, columns } of series.values()) {
        const sums = columns.at(index)
        const startMs = blockMs + index * fineTier.widthMs
        if (sums)
          windows.push({ name: counter.name, app: counter.app, host, startMs, widthMs: fineTier.widthMs, ...sums })
      }
    return windows
  }
}

function unknownOf(shipment: Shipment, ids: Uint32Array): SeriesName[] {
  const { host, apps, app, kinds } = shipment
  return namesOf(shipment)
    .flatMap((name, at) => (ids[at] === 0 ? { host, app: apps[app[at]!]!, name, kind: kinds[at]! } : []))
    .filter(({ name, app: owner, kind }) => isName.test(name) && isApp.test(owner) && kind in counterKinds)
}
