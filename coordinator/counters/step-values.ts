import type { CounterFunction } from '../../proto/http/counters.ts'
import { CounterKind } from '../../proto/session.ts'
import type { WindowSums } from './window-columns.ts'

/** What people mean who ask for nothing else. */
export function usualFunction(kind: CounterKind): CounterFunction {
  return kind === CounterKind.COUNTER_KIND_COUNTER ? 'rate' : 'avg'
}

/** Whether the value of several hosts is made of theirs, one by one, rather than of what they counted together. */
export function isMadeOfEach(fn: CounterFunction, kind: CounterKind): boolean {
  return fn === 'percentile' || (fn === 'sum' && isLevel(kind))
}

/** A gauge's, or a set's, windows are not added up over time: a queue of 3 is not one of 90 after five minutes. */
function isLevel(kind: CounterKind): boolean {
  return kind === CounterKind.COUNTER_KIND_GAUGE || kind === CounterKind.COUNTER_KIND_SET
}

/**
 * The value of one step.
 * @param seconds how long it is, as far as it has passed: for `rate`, which is events a second: what a counter was raised by,
 * or how many observations there were. A level has no rate.
 */
export function stepValue(sums: WindowSums, fn: CounterFunction, kind: CounterKind, seconds: number): number | null {
  const { count, sum, sumOfSquares, min, max } = sums
  switch (fn) {
    case 'sum':
      return isLevel(kind) ? sum / count : sum
    case 'rate':
      if (isLevel(kind)) return null
      return (kind === CounterKind.COUNTER_KIND_COUNTER ? sum : count) / seconds
    case 'avg':
      return sum / count
    case 'count':
      return count
    case 'min':
      return min
    case 'max':
      return max
    case 'deviation':
      // Of all observations; rounding may leave a tiny negative variance.
      return Math.sqrt(Math.max(0, sumOfSquares / count - (sum / count) ** 2))
    case 'percentile':
      return stepValue(sums, usualFunction(kind), kind, seconds)
  }
}

/** The value below which so many per cent lie; between two of them, what lies between. @param values at least one. */
export function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (percentile / 100) * (sorted.length - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (rank - below)
}
