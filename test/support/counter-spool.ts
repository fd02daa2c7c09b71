import { namesOf, shipmentOf } from '../../coordinator/counters/shipment.ts'
import type { SpoolBody } from '../../peer-agent/spool/spool.ts'
import { CounterKind, decodeSpoolRecord, encodeSpoolRecord } from '../../proto/session.ts'

const kindNames = new Map([
  [CounterKind.COUNTER_KIND_COUNTER, 'counter'],
  [CounterKind.COUNTER_KIND_GAUGE, 'gauge'],
  [CounterKind.COUNTER_KIND_TIMER, 'timer'],
  [CounterKind.COUNTER_KIND_SET, 'set'],
])

/** A window as a test looks at it. */
export interface SeenWindow {
  readonly startMs: number
  readonly app: string
  readonly name: string
  readonly kind: string
  readonly count: number
  readonly sum: number
  readonly sumOfSquares?: number
  readonly min?: number
  readonly max?: number
}

/** In place of the spool: takes what counters append, and reads it as the wire brings it. */
export class CounterSpool {
  readonly bytes = 0
  readonly records: SpoolBody[] = []

  append(body: SpoolBody): void {
    this.records.push(body)
  }

  /** All windows, in the order they came. */
  windows(): SeenWindow[] {
    return this.records.flatMap((body) => {
      const { counterWindows } = decodeSpoolRecord(encodeSpoolRecord({ number: 1, ...body }))
      if (!counterWindows) return []
      const shipment = shipmentOf('', { counterWindow: null, counterWindows })!
      const { startMs, apps, app, kinds, counts, sums, sumsOfSquares, mins, maxs } = shipment
      return namesOf(shipment).map((name, at) => {
        const own = { startMs, app: apps[app[at]!]!, name, kind: kindNames.get(kinds[at]!)! }
        if (at >= counts.length) return { ...own, count: 1, sum: sums[at]! }
        const figures = { count: counts[at]!, sum: sums[at]!, sumOfSquares: sumsOfSquares[at]! }
        return { ...own, ...figures, min: mins[at]!, max: maxs[at]! }
      })
    })
  }

  /** What one counter was in its windows, oldest first. */
  of(name: string, app = ''): SeenWindow[] {
    return this.windows().filter((window) => window.name === name && window.app === app)
  }
}
