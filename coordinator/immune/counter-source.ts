import type { CounterQuery, CounterWindow } from '../../proto/http/api.ts'
import type { Window } from './series.ts'

export interface WindowQuery {
  readonly app: string
  readonly counter: string
  readonly hosts: ReadonlySet<string>
  readonly fromMs: number
  readonly toMs: number
}

/** All that the immune system asks of the counters. */
export interface CounterSource {
  /** Windows that begin in the time; of the app's counter, or of the host's own where the app has none of that name. */
  windows(query: WindowQuery): Promise<Window[]>
}

interface Store {
  read(query: CounterQuery): Promise<CounterWindow[]>
}

/** What one question brings at most. */
const limit = 100_000
/** Fewer hosts are asked for one by one, more all at once. */
const fewHosts = 20

/** The coordinator's own counters. */
export class StoredCounters implements CounterSource {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async windows(query: WindowQuery): Promise<Window[]> {
    const ofApp = await this.#read(query, query.app)
    return ofApp.length > 0 ? ofApp : this.#read(query, '')
  }

  async #read({ counter: name, hosts, fromMs, toMs }: WindowQuery, app: string): Promise<Window[]> {
    const common = { name, app, fromMs, toMs, limit }
    if (hosts.size > fewHosts) return (await this.#store.read(common)).filter(({ host }) => hosts.has(host))
    return (await Promise.all([...hosts].map((host) => this.#store.read({ ...common, host })))).flat()
  }
}
