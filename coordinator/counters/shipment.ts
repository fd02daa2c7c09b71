import { CounterKind, type CounterWindows, type SpoolRecord } from '../../proto/session.ts'

/**
 * Windows that a host shipped, in columns, as they came: whatever else was made of each one would be made fifty thousand
 * times a second. Those that were counted more than once stand first; the last four columns are theirs alone.
 */
export interface Shipment {
  readonly host: string
  readonly startMs: number
  readonly apps: readonly string[]
  /** One for each counter, each followed by a line feed. */
  readonly names: Uint8Array
  /** Of each counter, the place of its app in `apps`. */
  readonly app: Uint8Array
  /** Of each counter, a CounterKind. */
  readonly kinds: Uint8Array
  readonly sums: Float64Array
  readonly counts: Float64Array
  readonly sumsOfSquares: Float64Array
  readonly mins: Float64Array
  readonly maxs: Float64Array
}

type Counted = Pick<SpoolRecord, 'counterWindow' | 'counterWindows'>

const doubleBytes = 8
const lineFeed = 10

/** What a record brings; undefined when it is no record of counters, or when what it says does not add up. */
export function shipmentOf(host: string, { counterWindow, counterWindows }: Counted): Shipment | undefined {
  const shipment = counterWindow ? ofOne(host, counterWindow) : counterWindows && ofMany(host, counterWindows)
  return shipment && isWhole(shipment) ? shipment : undefined
}

/** Whether a record is of counters and none of it can be stored. */
export function isBroken(record: Counted): boolean {
  return (record.counterWindow ?? record.counterWindows) !== null && shipmentOf('', record) === undefined
}

/** Names of the counters, in their order. */
export function namesOf({ names }: Shipment): string[] {
  const text = Buffer.from(names.buffer, names.byteOffset, names.byteLength).toString('utf8')
  const list = text.split('\n')
  list.pop()
  return list
}

function ofMany(host: string, windows: CounterWindows): Shipment | undefined {
  const { startMs, apps, names, app, kinds } = windows
  const columns = [windows.sums, windows.counts, windows.sumsOfSquares, windows.mins, windows.maxs]
  if (columns.some(({ length }) => length % doubleBytes !== 0)) return undefined
  const [sums, counts, sumsOfSquares, mins, maxs] = columns.map(doubles)
  return {
    ...{ host, startMs, apps, names, app, kinds },
    ...{ sums: sums!, counts: counts!, sumsOfSquares: sumsOfSquares!, mins: mins!, maxs: maxs! },
  }
}

/** Of agents that ship a record for each window, and do not know of kinds. */
function ofOne(host: string, window: NonNullable<SpoolRecord['counterWindow']>): Shipment {
  const { app, name, startMs, count, sum, sumOfSquares, min, max } = window
  const ofSeveral = (value: number) => Float64Array.from(count === 1 ? [] : [value])
  return {
    ...{ host, startMs, apps: [app], names: Buffer.from(`${name}\n`), app: Uint8Array.of(0) },
    ...{ kinds: Uint8Array.of(CounterKind.COUNTER_KIND_TIMER), sums: Float64Array.of(sum), counts: ofSeveral(count) },
    ...{ sumsOfSquares: ofSeveral(sumOfSquares), mins: ofSeveral(min), maxs: ofSeveral(max) },
  }
}

/** Copied: within a message they are not aligned, and would hold all of it in memory. */
function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer)
}

function isWhole({ apps, names, app, kinds, sums, counts, sumsOfSquares, mins, maxs }: Shipment): boolean {
  const { length } = sums
  if (app.length !== length || kinds.length !== length || counts.length > length) return false
  if ([sumsOfSquares, mins, maxs].some((column) => column.length !== counts.length)) return false
  let lines = 0
  for (const byte of names) if (byte === lineFeed) lines++
  if (lines !== length || (length > 0 && names.at(-1) !== lineFeed)) return false
  for (const place of app) if (place >= apps.length) return false
  for (const count of counts) if (!(count > 0)) return false
  return [sums, counts, sumsOfSquares, mins, maxs].every(areFinite)
}

function areFinite(column: Float64Array): boolean {
  for (const value of column) if (!Number.isFinite(value)) return false
  return true
}
