import type { MetricVerdict } from '../../proto/http/immune.ts'
import { aggregated, type Window } from './series.ts'

/**
 * Since when each host is beyond the middle between what is usual and what the bad ones show, for two windows on end or
 * up to the last.
 * @param windows of the metric's counter, of any hosts.
 */
export function onsetsOf(metric: MetricVerdict, windows: readonly Window[]): Map<string, number | null> {
  const isBad = badness(metric)
  const onsets = new Map<string, number | null>()
  for (const [host, ofHost] of Map.groupBy(windows, (window) => window.host)) {
    const ordered = ofHost.toSorted((a, b) => a.startMs - b.startMs)
    const bad = ordered.map((window) => isBad(aggregated(window, metric.aggregate)))
    const first = bad.findIndex((is, index) => is && (bad[index + 1] ?? true))
    onsets.set(host, first === -1 ? null : ordered[first]!.startMs)
  }
  return onsets
}

function badness({ compare, aggregate, class: is, value, controlValue }: MetricVerdict): (value: number) => boolean {
  if (value === null || controlValue === null) return () => false
  // A sum over the whole time says nothing of one window.
  if (compare === 'limit' && (aggregate === 'sum' || aggregate === 'count')) return (one) => one > 0
  const bound = compare === 'limit' ? controlValue : (value + controlValue) / 2
  return is === 'low' ? (one) => one < bound : (one) => one > bound
}
