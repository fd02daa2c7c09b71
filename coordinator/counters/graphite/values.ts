import type { CounterFunction } from '../../../proto/http/counters.ts'

export type Value = number | null

/** A line of a graph, at the steps of its request. */
export interface Line {
  readonly name: string
  /** The path it was read from, for functions that take nodes of it. */
  readonly path: string
  readonly values: readonly Value[]
}

/** What functions know of the request they are part of. */
export interface Context {
  readonly fromMs: number
  readonly stepMs: number
  readonly length: number
  /** Of how much earlier is read. */
  readonly shiftMs: number
  /** What is made of the windows of a step; undefined for what is usual. */
  readonly statistic: CounterFunction | undefined
}

export function known(values: readonly Value[]): number[] {
  return values.filter((value) => value !== null)
}

/** Of values that are known; null when none is. */
export type Summary = (values: readonly number[]) => Value

type SummaryName =
  | 'sum'
  | 'average'
  | 'min'
  | 'max'
  | 'median'
  | 'last'
  | 'first'
  | 'count'
  | 'range'
  | 'diff'
  | 'multiply'
  | 'stddev'
type Sum = (values: readonly number[]) => number

export const summaries: Record<SummaryName, Sum> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  median: (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!,
  last: (values) => values.at(-1)!,
  first: (values) => values[0]!,
  count: (values) => values.length,
  range: (values) => summaries.max(values) - summaries.min(values),
  diff: (values) => values.slice(1).reduce((rest, value) => rest - value, values[0]!),
  multiply: (values) => values.reduce((product, value) => product * value, 1),
  stddev: (values) => {
    const mean = summaries.average(values)
    return Math.sqrt(summaries.average(values.map((value) => (value - mean) ** 2)))
  },
}

/** As Graphite calls them, too. */
const otherNames: Record<string, SummaryName> = { avg: 'average', total: 'sum', current: 'last', avg_zero: 'average' }

export function summaryOf(name: string): Summary | undefined {
  const known = otherNames[name] ?? name
  return Object.hasOwn(summaries, known) ? summaries[known as SummaryName] : undefined
}

/** Null when nothing is known. */
export function summarized(values: readonly Value[], summary: Summary): Value {
  const numbers = known(values)
  return numbers.length === 0 ? null : summary(numbers)
}

/** One line of several, step by step. */
export function combined(lines: readonly Line[], name: string, summary: Summary): Line[] {
  const [first] = lines
  if (!first) return []
  const values = first.values.map((_, at) =>
    summarized(
      lines.map((line) => line.values[at] ?? null),
      summary,
    ),
  )
  return [{ name, path: first.path, values }]
}

export function mapped(line: Line, name: string, change: (value: number, at: number) => Value): Line {
  return { ...line, name, values: line.values.map((value, at) => (value === null ? null : change(value, at))) }
}
