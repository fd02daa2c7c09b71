import type { CounterKind } from '../../proto/session.ts'
import type { Database } from '../store/database.ts'

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

interface Ids {
  readonly counter: KnownCounter
  readonly hostId: number
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

  /** Undefined for a series that was not made known. */
  idsOf({ host, app, name }: Omit<SeriesName, 'kind'>): Ids | undefined {
    const counter = this.#byApp.get(app)?.get(name)
    const hostId = this.#hostIds.get(host)
    return counter && hostId !== undefined && counter.hosts.has(hostId) ? { counter, hostId } : undefined
  }

  /**
   * Makes series known, as far as there is room for them. What is known must be stored for good: within a transaction that
   * may still fail it cannot be called.
   */
  async add(database: Database, names: readonly SeriesName[]): Promise<void> {
    const unknown = names.filter((name) => !this.idsOf(name)).slice(0, Math.max(0, this.#maxSeries - this.#series))
    if (unknown.length === 0) return
    if (database.isTransaction) throw new Error('counters are made known before the transaction that stores them')
    await this.#addHosts(database, new Set(unknown.map(({ host }) => host)))
    await this.#addCounters(database, unknown)
    const rows = unknown.map(({ host, app, name }) => ({
      counter_id: this.find(app, name)!.id,
      host_id: this.#hostIds.get(host)!,
    }))
    for (const part of parts(rows))
      await database
        .insertInto('counter_series')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    for (const { counter_id, host_id } of rows) this.#knowSeries(counter_id, host_id)
  }

  async #load(database: Database): Promise<void> {
    for (const row of await database.selectFrom('counter_host').selectAll().execute()) this.#knowHost(row.id, row.name)
    for (const row of await database.selectFrom('counter_name').selectAll().execute()) this.#knowCounter(row)
    for (const row of await database.selectFrom('counter_series').selectAll().execute())
      this.#knowSeries(row.counter_id, row.host_id)
  }

  async #addHosts(database: Database, names: ReadonlySet<string>): Promise<void> {
    const missing = [...names].filter((name) => !this.#hostIds.has(name))
    for (const part of parts(missing)) {
      await database
        .insertInto('counter_host')
        .values(part.map((name) => ({ name })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const rows = await database.selectFrom('counter_host').selectAll().where('name', 'in', part).execute()
      for (const { id, name } of rows) this.#knowHost(id, name)
    }
  }

  async #addCounters(database: Database, names: readonly SeriesName[]): Promise<void> {
    const missing = new Map(
      names
        .filter(({ app, name }) => !this.find(app, name))
        .map(({ app, name, kind }) => [`${app} ${name}`, { app, name, kind }]),
    )
    for (const part of parts([...missing.values()])) {
      await database
        .insertInto('counter_name')
        .values(part)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const rows = await database
        .selectFrom('counter_name')
        .selectAll()
        .where('name', 'in', [...new Set(part.map(({ name }) => name))])
        .execute()
      for (const row of rows) this.#knowCounter(row)
    }
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
