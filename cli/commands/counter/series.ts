import type { CounterAnswer, CounterSeries } from '../../../proto/http/counters.ts'
import { formatDuration, formatTime, plural } from '../../terminal/format.ts'
import type { Output } from '../../terminal/output.ts'
import { sparkline } from '../../terminal/sparkline.ts'
import { rounded } from './number.ts'

/** So many rollouts stand below the lines, the newest. */
const mostMarks = 5

/** A line a series, and the rollouts of the time. */
export function showSeries(output: Output, answer: CounterAnswer, nowMs: number): void {
  const { series, omitted, marks, fromMs, stepMs, toMs } = answer
  if (omitted > 0) output.note(`${omitted} more are left out: name fewer, or group them`)
  if (output.json) {
    for (const one of series) output.object({ ...one, fromMs, stepMs, marks })
    return
  }
  output.list(
    series,
    [
      { heading: 'COUNTER', value: (one) => one.name ?? '*' },
      { heading: 'APP', value: (one) => (one.app === null ? '*' : one.app || '-') },
      { heading: 'OF', value: placeOf },
      { heading: 'FUNCTION', value: (one) => one.function },
      { heading: titleOf(fromMs, toMs, stepMs), value: (one) => sparkline(one.values) },
      { heading: 'LAST', value: (one) => figure(one, (values) => values.at(-1)!), align: 'right' },
      { heading: 'MEAN', value: (one) => figure(one, mean), align: 'right' },
      { heading: 'MIN', value: (one) => figure(one, (values) => Math.min(...values)), align: 'right' },
      { heading: 'MAX', value: (one) => figure(one, (values) => Math.max(...values)), align: 'right' },
    ],
    'no counters in that time',
  )
  for (const { atMs, text, rolloutId } of marks.slice(-mostMarks))
    output.line(output.style('dim', `${formatTime(atMs, nowMs)}  ${text} (${rolloutId})`))
}

function titleOf(fromMs: number, toMs: number, stepMs: number): string {
  return `OVER ${formatDuration(toMs - fromMs)} BY ${formatDuration(stepMs)}`
}

function placeOf({ host, pool, hosts }: CounterSeries): string {
  return host ?? (pool === null ? plural(hosts, 'host') : `pool ${pool}`)
}

function figure({ values }: CounterSeries, of: (values: readonly number[]) => number): string {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? '-' : rounded(of(known))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
