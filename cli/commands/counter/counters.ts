import type { Command } from 'commander'
import type { CounterWindow } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseDuration } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'

interface Options {
  readonly name?: string
  readonly host?: string
  readonly since: number
}

const mostWindows = 100_000

export function addCountersCommand(program: Command, cli: Cli): void {
  program
    .command('counters')
    .description('what the agents counted, in windows of 10 seconds')
    .option('--name <pattern>', 'only this counter; * matches within a part of the name')
    .option('--host <name>', 'only of this host')
    .option('--since <duration>', 'how far back: 90s, 10m, 2h, 7d', parseDuration, 10 * 60_000)
    .addHelpText('after', '\nExample:\n  $ rookery counters --name fetch_bytes --since 1h')
    .action(
      action(cli, async ({ api, output, clock }, { name, host, since }: Options) => {
        const now = clock.now()
        const windows = await api.queryCounters({ name, host, fromMs: Math.max(0, now - since), limit: mostWindows })
        output.list(
          windows,
          [
            { heading: 'WINDOW', value: (window) => formatTime(window.startMs, now) },
            { heading: 'HOST', value: (window) => window.host },
            { heading: 'COUNTER', value: (window) => window.name },
            { heading: 'COUNT', value: (window) => String(window.count), align: 'right' },
            { heading: 'SUM', value: (window) => rounded(window.sum), align: 'right' },
            { heading: 'MEAN', value: (window) => rounded(mean(window)), align: 'right' },
            { heading: 'DEVIATION', value: (window) => rounded(deviation(window)), align: 'right' },
            { heading: 'MIN', value: (window) => rounded(window.min), align: 'right' },
            { heading: 'MAX', value: (window) => rounded(window.max), align: 'right' },
          ],
          'no counters in that time',
        )
      }),
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

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
