import { normalCdf } from './normal.ts'

/** What comes of a Mann-Whitney U test, two-sided. */
export interface RankTest {
  /** Pairs in which the first sample is the higher one; ties count half. */
  readonly u: number
  /** Share of such pairs: the effect size, 0.5 when neither sample tends to be higher. */
  readonly effect: number
  readonly pValue: number
  readonly method: 'exact' | 'normal'
}

/** Up to so many values in all, every way to deal them out is counted, ties and all. */
const exactUpTo = 40

/** Both samples have values, and all of them are finite. */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const pooled = [...first, ...second]
  const ranks = doubledRanks(pooled)
  const rankSum = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0) / 2
  const u = rankSum - (first.length * (first.length + 1)) / 2
  const pairs = first.length * second.length
  const effect = u / pairs
  if (pooled.length > exactUpTo) {
    return { u, effect, pValue: normalPValue(u, first.length, second.length, pooled), method: 'normal' }
  }
  return { u, effect, pValue: exactPValue(ranks, first.length, 2 * rankSum), method: 'exact' }
}

/**
 * How often each rank sum of `size` of these ranks comes up, by the shift algorithm of Streitberg and Röhmel (1986), which
 * takes ties as they are.
 * @param doubled ranks times two, so that ties have whole numbers.
 * @returns counts by doubled rank sum.
 */
export function rankSumCounts(doubled: readonly number[], size: number): Float64Array {
  const most = doubled.toSorted((a, b) => b - a).slice(0, size)
  const width = most.reduce((sum, rank) => sum + rank, 0) + 1
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(width))
  counts[0]![0] = 1
  for (const rank of doubled)
    for (let taken = size; taken > 0; taken--) {
      const [with_, without] = [counts[taken]!, counts[taken - 1]!]
      for (let sum = width - 1; sum >= rank; sum--) with_[sum]! += without[sum - rank]!
    }
  return counts[size]!
}

function exactPValue(ranks: readonly number[], size: number, observed: number): number {
  const counts = rankSumCounts(ranks, size)
  const mean = (size * (ranks.length + 1)) | 0
  const distance = Math.abs(observed - mean)
  let [all, asFar] = [0, 0]
  counts.forEach((count, sum) => {
    all += count
    if (Math.abs(sum - mean) >= distance) asFar += count
  })
  return asFar / all
}

/** With the correction for ties, and for continuity. */
function normalPValue(u: number, first: number, second: number, pooled: readonly number[]): number {
  const total = pooled.length
  let ties = 0
  for (const group of Map.groupBy(pooled, (value) => value).values()) ties += group.length ** 3 - group.length
  const variance = ((first * second) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (variance <= 0) return 1
  const distance = Math.max(0, Math.abs(u - (first * second) / 2) - 0.5)
  return Math.min(1, 2 * normalCdf(-distance / Math.sqrt(variance)))
}

/** Twice the rank of each value; those that are equal share the mean of their ranks. */
function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value)
  const ranks = new Array<number>(values.length).fill(0)
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end + 1 < order.length && order[end + 1]!.value === order[start]!.value) end++
    for (let at = start; at <= end; at++) ranks[order[at]!.index] = start + end + 2
    start = end + 1
  }
  return ranks
}
