import type { CounterSource, WindowQuery } from '../../coordinator/immune/counter-source.ts'
import type { Window } from '../../coordinator/immune/series.ts'

const windowMs = 10_000

interface Told {
  readonly counter: string
  readonly host: string
  /** Of each window, one after the other; NaN for one that is missing. */
  readonly sums: readonly number[]
  /** Samples in each window. */
  readonly count?: number
}

/** Counters as a test tells them. */
export class ListedCounters implements CounterSource {
  readonly #windows: (Window & { readonly counter: string })[] = []

  tell(fromMs: number, { counter, host, sums, count = 1 }: Told): void {
    for (const [index, sum] of sums.entries()) {
      if (Number.isNaN(sum)) continue
      const common = { counter, host, startMs: fromMs + index * windowMs, widthMs: windowMs }
      this.#windows.push({ ...common, count, sum, sumOfSquares: sum * sum, min: sum / count, max: sum / count })
    }
  }

  async windows({ counter, hosts, fromMs, toMs }: WindowQuery): Promise<Window[]> {
    return this.#windows.filter(
      (window) =>
        window.counter === counter && hosts.has(window.host) && window.startMs >= fromMs && window.startMs < toMs,
    )
  }
}
