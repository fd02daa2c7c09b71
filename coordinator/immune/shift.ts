import { normalQuantile } from './normal.ts'
import { rankSumCounts } from './rank-test.ts'

/** By how much one sample lies above another, and between which bounds that is at a given confidence. */
export interface Shift {
  readonly estimate: number
  /** −∞ when there are too few values for the confidence asked for. */
  readonly lower: number
  /** ∞ when there are too few. */
  readonly upper: number
}

/** Up to so many values on either side the interval is exact, where nothing is tied. */
const exactUpTo = 20

/**
 * The Hodges-Lehmann shift of `first` over `second`: the median of all differences, with the interval that belongs to the
 * Mann-Whitney test (Hollander and Wolfe, “Nonparametric Statistical Methods”, 4.3). Ties make it wider than it need be.
 * @param confidence e.g. 0.98
 */
export function shiftOf(first: readonly number[], second: readonly number[], confidence: number): Shift {
  const differences = new Float64Array(first.length * second.length)
  let at = 0
  for (const value of first) for (const other of second) differences[at++] = value - other
  differences.sort()
  const cut = cutOff(first.length, second.length, (1 - confidence) / 2)
  return {
    estimate: medianOfSorted(differences),
    lower: cut === 0 ? Number.NEGATIVE_INFINITY : differences[cut - 1]!,
    upper: cut === 0 ? Number.POSITIVE_INFINITY : differences[differences.length - cut]!,
  }
}

/** Whether a shift can be told from none at this confidence at all, with so many values. */
export function isEnough(first: number, second: number, confidence: number): boolean {
  return first > 0 && second > 0 && cutOff(first, second, (1 - confidence) / 2) > 0
}

export function median(values: readonly number[]): number {
  return medianOfSorted(Float64Array.from(values).sort())
}

/** How many differences at either end lie outside: the interval begins with the last of them. */
function cutOff(first: number, second: number, tail: number): number {
  if (Math.max(first, second) > exactUpTo) {
    const deviation = Math.sqrt((first * second * (first + second + 1)) / 12)
    return Math.max(0, Math.floor((first * second + 1) / 2 + normalQuantile(tail) * deviation))
  }
  const ranks = Array.from({ length: first + second }, (_, index) => 2 * (index + 1))
  const counts = rankSumCounts(ranks, first)
  const all = counts.reduce((sum, count) => sum + count, 0)
  const least = first * (first + 1)
  let below = 0
  for (let u = 0; ; u++) {
    below += counts[least + 2 * u]!
    if (below / all > tail) return u
  }
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
