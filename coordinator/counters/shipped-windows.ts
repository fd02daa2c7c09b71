import { CounterKind, type CounterWindows, type SpoolRecord } from '../../proto/session.ts'

/** A window of one counter of one host, as it is stored. */
export interface ShippedWindow {
  readonly host: string
  /** Empty for the host itself. */
  readonly app: string
  readonly name: string
  readonly kind: CounterKind
  readonly startMs: number
  readonly widthMs: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly min: number
  readonly max: number
}

type Counted = Pick<SpoolRecord, 'counterWindow' | 'counterWindows'>

/** The windows a record brings: none when it is no record of counters, or when what it says is no numbers. */
export function shippedWindows(host: string, record: Counted): ShippedWindow[] {
  if (record.counterWindow) {
    const { app, name, startMs, widthMs, count, sum, sumOfSquares, min, max } = record.counterWindow
    const own = { host, app, name, kind: CounterKind.COUNTER_KIND_TIMER, startMs, widthMs }
    return isWhole(record.counterWindow) ? [{ ...own, count, sum, sumOfSquares, min, max }] : []
  }
  return record.counterWindows && isColumns(record.counterWindows) ? rows(host, record.counterWindows) : []
}

/** Whether a record is of counters and none of it can be stored. */
export function isBroken(record: Counted): boolean {
  if (record.counterWindow) return !isWhole(record.counterWindow)
  return record.counterWindows !== null && !isColumns(record.counterWindows)
}

function rows(host: string, windows: CounterWindows): ShippedWindow[] {
  const { startMs, widthMs, apps, names, app, kinds, counts, sums, sumsOfSquares, mins, maxs } = windows
  let several = 0
  return names.map((name, index) => {
    const [count, sum] = [counts[index]!, sums[index]!]
    const own = { host, app: apps[app[index]!]!, name, kind: kinds[index]!, startMs, widthMs, count, sum }
    if (count === 1) return { ...own, sumOfSquares: sum * sum, min: sum, max: sum }
    const at = several++
    return { ...own, sumOfSquares: sumsOfSquares[at]!, min: mins[at]!, max: maxs[at]! }
  })
}

function isColumns(windows: CounterWindows): boolean {
  const { apps, names, app, kinds, counts, sums, sumsOfSquares, mins, maxs } = windows
  const several = counts.filter((count) => count !== 1).length
  return (
    [app, kinds, counts, sums].every((column) => column.length === names.length) &&
    [sumsOfSquares, mins, maxs].every((column) => column.length === several) &&
    app.every((index) => index < apps.length) &&
    [sums, sumsOfSquares, mins, maxs].every((column) => column.every(Number.isFinite))
  )
}

function isWhole({
  sum,
  sumOfSquares,
  min,
  max,
}: Pick<ShippedWindow, 'sum' | 'sumOfSquares' | 'min' | 'max'>): boolean {
  return [sum, sumOfSquares, min, max].every(Number.isFinite)
}
