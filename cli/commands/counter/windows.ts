import type { CounterWindow } from '../../../proto/http/api.ts'
import { formatTime } from '../../terminal/format.ts'
import type { Output } from '../../terminal/output.ts'
import { rounded } from './number.ts'

/** The windows as they are stored, newest first. */
export function showWindows(output: Output, windows: readonly CounterWindow[], nowMs: number): void {
  output.list(
    windows,
    [
      { heading: 'WINDOW', value: (window) => formatTime(window.startMs, nowMs) },
      { heading: 'HOST', value: (window) => window.host },
      { heading: 'COUNTER', value: (window) => window.name },
      { heading: 'APP', value: (window) => window.app || '-' },
      { heading: 'COUNT', value: (window) => String(window.count), align: 'right' },
      { heading: 'SUM', value: (window) => rounded(window.sum), align: 'right' },
      { heading: 'MEAN', value: (window) => rounded(mean(window)), align: 'right' },
      { heading: 'DEVIATION', value: (window) => rounded(deviation(window)), align: 'right' },
      { heading: 'MIN', value: (window) => rounded(window.min), align: 'right' },
      { heading: 'MAX', value: (window) => rounded(window.max), align: 'right' },
    ],
    'no counters in that time',
  )
}

function mean(window: CounterWindow): number {
  return window.count === 0 ? 0 : window.sum / window.count
}

/** Of the population, from the sum of squares; rounding may leave a tiny negative variance. */
function deviation(window: CounterWindow): number {
  if (window.count === 0) return 0
  return Math.sqrt(Math.max(0, window.sumOfSquares / window.count - mean(window) ** 2))
}
