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
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()]
  const pairs = a.length * b.length
  const cut = cutOff(a.length, b.length, (1 - confidence) / 2)
  const middle = (pairs + 1) >> 1
  return {
    estimate: (nthDifference(a, b, middle) + nthDifference(a, b, pairs + 1 - middle)) / 2,
    lower: cut === 0 ? Number.NEGATIVE_INFINITY : nthDifference(a, b, cut),
    upper: cut === 0 ? Number.POSITIVE_INFINITY : nthDifference(a, b, pairs + 1 - cut),
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

/** Halvings after which the interval is far smaller than what counters are exact to. */
const halvings = 50

/**
 * The n-th smallest of all differences of two sorted samples, without making them all: the value is bisected, and how
 * many differences are at most that is counted along both samples at once.
 */
function nthDifference(first: Float64Array, second: Float64Array, n: number): number {
  let [low, high] = [first[0]! - second.at(-1)!, first.at(-1)! - second[0]!]
  if (differencesUpTo(first, second, low).count >= n) return low
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2
    const { count, largest } = differencesUpTo(first, second, middle)
    if (count === n) return largest
    if (count > n) high = middle
    else low = middle
  }
  return differencesUpTo(first, second, high).largest
}

function differencesUpTo(first: Float64Array, second: Float64Array, bound: number) {
  let [count, largest, at] = [0, Number.NEGATIVE_INFINITY, 0]
  for (const value of first) {
    while (at < second.length && value - second[at]! > bound) at++
    if (at === second.length) break
    count += second.length - at
    largest = Math.max(largest, value - second[at]!)
  }
  return { count, largest }
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
