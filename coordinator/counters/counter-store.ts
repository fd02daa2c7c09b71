import type { CounterQuery, CounterWindow } from '../../proto/http/api.ts'
import { CounterKind } from '../../proto/session.ts'
import type { Database } from '../store/database.ts'
import { BlockRows } from './block-rows.ts'
import { CounterIndex, type KnownCounter } from './counter-index.ts'
import { namePattern } from './name-pattern.ts'
import { encodePage, type PageEntry } from './page.ts'
import { ReadGate } from './read-gate.ts'
import { SeriesReader, type SeriesSelection, type Target } from './series-reader.ts'
import type { ShippedWindow } from './shipped-windows.ts'
import { blockLength, blockStart, bucketOf, fineTier } from './tiers.ts'
import { WindowColumns } from './window-columns.ts'

interface Options {
  readonly maxSeries: number
}

/** A window as it is inserted; without a kind it is of single observations. */
type NewWindow = Omit<ShippedWindow, 'kind'> & { readonly kind?: CounterKind }

/** What was not stored, and why. */
export interface RefusedWindows {
  /** Of series beyond the limit. */
  overLimit: number
  /** Of a time that is not kept as finely any more. */
  tooOld: number
}

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

  /** To be called before the transaction in which the windows are inserted. */
  async makeKnown(windows: readonly NewWindow[]): Promise<void> {
    await this.#makeKnown(this.#database, windows)
  }

  /** Stores windows inside the caller's transaction. Parts of one window add up. */
  async insert(transaction: Database, windows: readonly NewWindow[]): Promise<void> {
    await this.#makeKnown(transaction, windows)
    const pages = new Map<string, { blockMs: number; bucket: number; entries: PageEntry[] }>()
    for (const window of windows) {
      const ids = this.index.idsOf(window)
      const blockMs = blockStart(fineTier, window.startMs)
      if (!ids) this.refused.overLimit++
      else if (blockMs < this.floorMs) this.refused.tooOld++
      else {
        const bucket = bucketOf(ids.counter.id)
        const key = `${blockMs} ${bucket}`
        const page = pages.get(key) ?? { blockMs, bucket, entries: [] }
        pages.set(key, page)
        page.entries.push(entry(ids.counter.id, ids.hostId, blockMs, window))
        this.inserted++
      }
    }
    await this.rows.insertPages(
      transaction,
      [...pages.values()].map(({ entries, ...page }) => ({
        ...page,
        windows: entries.length,
        data: encodePage(entries),
      })),
    )
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

  async #makeKnown(database: Database, windows: readonly NewWindow[]): Promise<void> {
    await this.index.load(database)
    const unknown = windows.filter((window) => !this.index.idsOf(window))
    const names = unknown.map(({ host, app, name, kind = CounterKind.COUNTER_KIND_TIMER }) => ({
      host,
      app,
      name,
      kind,
    }))
    await this.index.add(database, names)
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

function entry(counterId: number, hostId: number, blockMs: number, window: NewWindow): PageEntry {
  const index = Math.floor((window.startMs - blockMs) / fineTier.widthMs)
  return { counterId, hostId, index, ...sumsOf(window) }
}

function sumsOf({ count, sum, sumOfSquares, min, max }: NewWindow) {
  return { count, sum, sumOfSquares, min, max }
}
