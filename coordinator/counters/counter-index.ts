import type { Selectable } from 'kysely'
import type { CounterKind } from '../../proto/session.ts'
import type { CounterHostTable, CounterNameTable } from '../store/counter-tables.ts'
import type { Database } from '../store/database.ts'
import { namesOf, type Shipment } from './shipment.ts'

/** A counter, whoever counts it. */
export interface KnownCounter {
  readonly id: number
  /** Empty for counters of the host itself. */
  readonly app: string
  readonly name: string
  readonly kind: CounterKind
  /** Ids of the hosts that have counted it. */
  readonly hosts: Set<number>
}

/** What makes a series: one counter of one host. */
export interface SeriesName {
  readonly host: string
  readonly app: string
  readonly name: string
  readonly kind: CounterKind
}

/** Rows of one statement: far below what any database takes as parameters. */
const rowsPerInsert = 500

/** All series there are, by name and by id, in memory: half a million take about 50 MB. */
export class CounterIndex {
  readonly #maxSeries: number
  readonly #byApp = new Map<string, Map<string, KnownCounter>>()
  readonly #byId = new Map<number, KnownCounter>()
  readonly #hostIds = new Map<string, number>()
  readonly #hostNames = new Map<number, string>()
  #series = 0
  #loading: Promise<void> | undefined

  /** @param options.maxSeries series beyond it are refused. */
  constructor({ maxSeries }: { readonly maxSeries: number }) {
    this.#maxSeries = maxSeries
  }

  get series(): number {
    return this.#series
  }

  get counters(): Iterable<KnownCounter> {
    return this.#byId.values()
  }

  counter(id: number): KnownCounter | undefined {
    return this.#byId.get(id)
  }

  find(app: string, name: string): KnownCounter | undefined {
    return this.#byApp.get(app)?.get(name)
  }

  hostId(name: string): number | undefined {
    return this.#hostIds.get(name)
  }

  hostName(id: number): string {
    return this.#hostNames.get(id)!
  }

  /** Reads what is stored, once. */
  load(database: Database): Promise<void> {
    this.#loading ??= this.#load(database).catch((error) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  /** Ids of what a host counted, in the same order; 0 for series that are not known. */
  idsOf(shipment: Shipment): Uint32Array {
    const { host, apps, app } = shipment
    const ids = new Uint32Array(app.length)
    const hostId = this.#hostIds.get(host)
    if (hostId === undefined) return ids
    const byApp = apps.map((name) => this.#byApp.get(name))
    const names = namesOf(shipment)
    for (let at = 0; at < names.length; at++) {
      const counter = byApp[app[at]!]?.get(names[at]!)
      if (counter?.hosts.has(hostId)) ids[at] = counter.id
    }
    return ids
  }

  /**
   * Makes series known, as far as there is room for them, once they are stored for good: within a transaction that may still
   * fail it cannot be called.
   */
  async add(database: Database, names: readonly SeriesName[]): Promise<void> {
    const unknown = names.filter((name) => !this.#knows(name)).slice(0, Math.max(0, this.#maxSeries - this.#series))
    if (unknown.length === 0) return
    if (database.isTransaction) throw new Error('counters are made known before the transaction that stores them')
    const stored = await database.transaction().execute(async (transaction) => {
      const hosts = await this.#addHosts(transaction, new Set(unknown.map(({ host }) => host)))
      const counters = await this.#addCounters(transaction, unknown)
      const idOf = new Map(counters.map(({ id, app, name }) => [`${app} ${name}`, id]))
      const hostIds = new Map(hosts.map(({ id, name }) => [name, id]))
      const series = unknown.map(({ host, app, name }) => ({
        counter_id: this.find(app, name)?.id ?? idOf.get(`${app} ${name}`)!,
        host_id: this.#hostIds.get(host) ?? hostIds.get(host)!,
      }))
      for (const part of parts(series))
        await transaction
          .insertInto('counter_series')
          .values(part)
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      return { hosts, counters, series }
    })
    for (const { id, name } of stored.hosts) this.#knowHost(id, name)
    for (const row of stored.counters) this.#knowCounter(row)
    for (const { counter_id, host_id } of stored.series) this.#knowSeries(counter_id, host_id)
  }

  #knows({ host, app, name }: SeriesName): boolean {
    const hostId = this.#hostIds.get(host)
    return hostId !== undefined && this.find(app, name)?.hosts.has(hostId) === true
  }

  async #load(database: Database): Promise<void> {
    for (const row of await database.selectFrom('counter_host').selectAll().execute()) this.#knowHost(row.id, row.name)
    for (const row of await database.selectFrom('counter_name').selectAll().execute()) this.#knowCounter(row)
    for (const row of await database.selectFrom('counter_series').selectAll().execute())
      this.#knowSeries(row.counter_id, row.host_id)
  }

  async #addHosts(transaction: Database, names: ReadonlySet<string>): Promise<Selectable<CounterHostTable>[]> {
    const stored: Selectable<CounterHostTable>[] = []
    for (const part of parts([...names].filter((name) => !this.#hostIds.has(name)))) {
      await transaction
        .insertInto('counter_host')
        .values(part.map((name) => ({ name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      stored.push(...(await transaction.selectFrom('counter_host').selectAll().where('name', 'in', part).execute()))
    }
    return stored
  }

  async #addCounters(transaction: Database, names: readonly SeriesName[]): Promise<Selectable<CounterNameTable>[]> {
    const missing = new Map(
      names
        .filter(({ app, name }) => !this.find(app, name))
        .map(({ app, name, kind }) => [`${app} ${name}`, { app, name, kind }]),
    )
    const stored: Selectable<CounterNameTable>[] = []
    for (const part of parts([...missing.values()])) {
      await transaction
        .insertInto('counter_name')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const wanted = [...new Set(part.map(({ name }) => name))]
      stored.push(...(await transaction.selectFrom('counter_name').selectAll().where('name', 'in', wanted).execute()))
    }
    return stored
  }

  #knowHost(id: number, name: string): void {
    this.#hostIds.set(name, id)
    this.#hostNames.set(id, name)
  }

  #knowCounter({ id, app, name, kind }: Omit<KnownCounter, 'hosts'>): void {
    if (this.#byId.has(id)) return
    const counter = { id, app, name, kind: kind as CounterKind, hosts: new Set<number>() }
    const ofApp = this.#byApp.get(app) ?? new Map<string, KnownCounter>()
    this.#byApp.set(app, ofApp)
    ofApp.set(name, counter)
    this.#byId.set(id, counter)
  }

  #knowSeries(counterId: number, hostId: number): void {
    const hosts = this.#byId.get(counterId)?.hosts
    if (!hosts || hosts.has(hostId)) return
    hosts.add(hostId)
    this.#series++
  }
}

function* parts<T>(rows: readonly T[]): Generator<T[]> {
  for (let first = 0; first < rows.length; first += rowsPerInsert) yield rows.slice(first, first + rowsPerInsert)
}
