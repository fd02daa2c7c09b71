import { CounterKind } from '../../proto/session.ts'

/** What one counter did in a window. */
export interface TalliedWindow {
  readonly name: string
  readonly kind: CounterKind
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly min: number
  readonly max: number
}

/** Why something was not counted. */
export type TallyRefusal = 'overflow' | 'otherKind'

interface Entry {
  readonly kind: CounterKind
  /** Observations, each as often as its sample rate says; no whole number, then. */
  count: number
  sum: number
  sumOfSquares: number
  min: number
  max: number
  /** Of a gauge that goes on: its value and when it was set. */
  level: { value: number; atMs: number } | undefined
  members: Set<string> | undefined
}

/** A gauge that nobody set for so long is over: the process that did is likely gone. */
const gaugeHoldsMs = 3_600_000
/** More members of one set in one window are not told apart. */
const maxMembers = 20_000

/** Gathers what one app, or the host itself, counts in the window that is open. */
export class Tally {
  readonly #maxNames: number
  readonly #entries = new Map<string, Entry>()

  /** @param options.maxNames more names at a time are refused. */
  constructor({ maxNames }: { readonly maxNames: number }) {
    this.#maxNames = maxNames
  }

  /** @param weight for how many observations this one stands. */
  observe(name: string, kind: CounterKind, value: number, weight = 1): TallyRefusal | undefined {
    const entry = this.#entry(name, kind)
    if (typeof entry === 'string') return entry
    add(entry, value, weight)
  }

  /** Sets a gauge, which keeps its value in the windows that follow, or moves it by `value`. */
  setGauge(name: string, value: number, isRelative: boolean, nowMs: number): TallyRefusal | undefined {
    const entry = this.#entry(name, CounterKind.COUNTER_KIND_GAUGE)
    if (typeof entry === 'string') return entry
    const level = isRelative ? (entry.level?.value ?? 0) + value : value
    entry.level = { value: level, atMs: nowMs }
    add(entry, level, 1)
  }

  addMember(name: string, member: string): TallyRefusal | undefined {
    const entry = this.#entry(name, CounterKind.COUNTER_KIND_SET)
    if (typeof entry === 'string') return entry
    entry.members ??= new Set()
    if (entry.members.size >= maxMembers && !entry.members.has(member)) return 'overflow'
    entry.members.add(member)
  }

  /** Ends the window. Gauges that were not set in it are in it with the value they have. */
  close(nowMs: number): TalliedWindow[] {
    const windows: TalliedWindow[] = []
    for (const [name, entry] of this.#entries) {
      if (entry.members) add(entry, entry.members.size, 1)
      if (entry.level && entry.count === 0) add(entry, entry.level.value, 1)
      windows.push(whole(name, entry))
      if (entry.level && nowMs - entry.level.atMs < gaugeHoldsMs) clear(entry)
      else this.#entries.delete(name)
    }
    return windows.filter(({ sum, sumOfSquares }) => Number.isFinite(sum) && Number.isFinite(sumOfSquares))
  }

  #entry(name: string, kind: CounterKind): Entry | TallyRefusal {
    const known = this.#entries.get(name)
    if (known) return known.kind === kind ? known : 'otherKind'
    if (this.#entries.size >= this.#maxNames) return 'overflow'
    const entry: Entry = { kind, ...nothing, level: undefined, members: undefined }
    this.#entries.set(name, entry)
    return entry
  }
}

const nothing = {
  count: 0,
  sum: 0,
  sumOfSquares: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
} as const

function add(entry: Entry, value: number, weight: number): void {
  entry.count += weight
  entry.sum += value * weight
  entry.sumOfSquares += value * value * weight
  if (value < entry.min) entry.min = value
  if (value > entry.max) entry.max = value
}

function clear(entry: Entry): void {
  Object.assign(entry, nothing)
}

/**
 * With a whole number of observations. Of a counter, the sum is what was asked for and stays as it is; of others mean and
 * deviation are, so their sums are brought in line with the count.
 */
function whole(name: string, { kind, count, sum, sumOfSquares, min, max }: Entry): TalliedWindow {
  const rounded = Math.max(1, Math.round(count))
  const scale = kind === CounterKind.COUNTER_KIND_COUNTER || rounded === count ? 1 : rounded / count
  return { name, kind, count: rounded, sum: sum * scale, sumOfSquares: sumOfSquares * scale, min, max }
}
