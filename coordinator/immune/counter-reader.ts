import type { CounterSource } from './counter-source.ts'
import type { Span, Window } from './series.ts'

interface Dependencies {
  readonly counters: CounterSource
  /** How far a host's clock is before ours, in ms. */
  readonly clockAheadMs: (host: string) => number
}

/** No clock is farther off than this, or its windows are not found. */
const mostAheadMs = 60_000

/** Reads an app's counters for one judgement: each question is asked once, and times are those of our clock. */
export class CounterReader {
  readonly #app: string
  readonly #dependencies: Dependencies
  readonly #asked = new Map<string, Promise<Window[]>>()

  constructor(app: string, dependencies: Dependencies) {
    this.#app = app
    this.#dependencies = dependencies
  }

  /** Windows of the counter on the hosts of the spans, from the first beginning to the last end of them. */
  read(counter: string, spans: readonly Span[]): Promise<Window[]> {
    const fromMs = Math.min(...spans.map((span) => span.fromMs)) - mostAheadMs
    const toMs = Math.max(...spans.map((span) => span.toMs)) + mostAheadMs
    const hosts = new Set(spans.map(({ host }) => host))
    const key = JSON.stringify([counter, fromMs, toMs, [...hosts]])
    const asked = this.#asked.get(key) ?? this.#read(counter, hosts, fromMs, toMs)
    this.#asked.set(key, asked)
    return asked
  }

  async #read(counter: string, hosts: ReadonlySet<string>, fromMs: number, toMs: number): Promise<Window[]> {
    const { counters, clockAheadMs } = this.#dependencies
    const windows = await counters.windows({ app: this.#app, counter, hosts, fromMs, toMs })
    return windows.map((window) => ({ ...window, startMs: window.startMs - clockAheadMs(window.host) }))
  }
}
