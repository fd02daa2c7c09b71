import type { CounterWindow } from '../../proto/http/api.ts'
import type { Aggregate } from '../../proto/http/immune.ts'
import type { Series } from './samples.ts'

export type Window = Omit<CounterWindow, 'name' | 'app'>

/** A time of one host, by the coordinator's clock: windows that lie wholly in it count. */
export interface Span {
  readonly host: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The values of each host that has any, in the order of time.
 * @param presence windows of a counter that is there whenever the agent is: where the rule's own counter is missing in
 * one, its value is 0. Null when a missing value stays unknown.
 */
export function seriesOf(
  spans: readonly Span[],
  windows: readonly Window[],
  aggregate: Aggregate,
  presence: readonly Window[] | null,
): Series[] {
  const [own, present] = [byHost(windows), byHost(presence ?? [])]
  return spans.flatMap((span) => {
    const values = new Map<number, number>()
    for (const window of within(span, present.get(span.host))) values.set(window.startMs, 0)
    for (const window of within(span, own.get(span.host))) values.set(window.startMs, aggregated(window, aggregate))
    const ordered = [...values].sort(([a], [b]) => a - b).map(([, value]) => value)
    return ordered.length > 0 ? [{ host: span.host, values: ordered }] : []
  })
}

/** All windows of the span as one, given those of its host; null when there is none. */
export function whole(span: Span, ofHost: readonly Window[] = []): Window | null {
  const windows = within(span, ofHost)
  const total = (field: 'widthMs' | 'count' | 'sum' | 'sumOfSquares') =>
    windows.reduce((sum, window) => sum + window[field], 0)
  const [first] = windows
  if (!first) return null
  return {
    ...{ host: span.host, startMs: first.startMs, widthMs: total('widthMs'), count: total('count') },
    ...{ sum: total('sum'), sumOfSquares: total('sumOfSquares') },
    min: windows.reduce((least, { min }) => Math.min(least, min), first.min),
    max: windows.reduce((most, { max }) => Math.max(most, max), first.max),
  }
}

export function aggregated({ count, sum, widthMs, min, max }: Window, aggregate: Aggregate): number {
  switch (aggregate) {
    case 'mean':
      return count === 0 ? Number.NaN : sum / count
    case 'sum':
      return sum
    case 'rate':
      return (sum * 1_000) / widthMs
    case 'count':
      return count
    case 'min':
      return min
    case 'max':
      return max
  }
}

export function byHost(windows: readonly Window[]): Map<string, Window[]> {
  return Map.groupBy(windows, ({ host }) => host)
}

function within({ fromMs, toMs }: Span, windows: readonly Window[] = []): Window[] {
  return windows.filter(({ startMs, widthMs }) => startMs >= fromMs && startMs + widthMs <= toMs)
}
