import { type Command, Option } from 'commander'
import {
  type CounterFunction,
  type CounterGrouping,
  counterFunctions,
  counterGroupings,
} from '../../../proto/http/counters.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseDuration, parsePercentile } from '../../options.ts'
import { showSeries } from './series.ts'
import { showWindows } from './windows.ts'

interface Options {
  readonly name?: string
  readonly app?: string
  readonly host?: string
  readonly pool?: string
  readonly since: number
  readonly step?: number
  readonly function?: CounterFunction
  readonly percentile: number
  readonly by: CounterGrouping
  readonly shift: number
  readonly windows?: boolean
}

const mostWindows = 100_000
/** What a line of a terminal has room for, and what a program takes. */
const points = { people: 40, programs: 500 }

export function addCountersCommand(program: Command, cli: Cli): void {
  program
    .command('counters')
    .argument('[pattern]', 'names: * and ? within a part, ** for any parts, {a,b}; tags behind ;')
    .description('what hosts and apps counted, over time')
    .option('--name <pattern>', 'the same as [pattern]')
    .option('--app <name>', 'only of this app; "" for those of the hosts themselves')
    .option('--host <pattern>', 'only of these hosts')
    .option('--pool <name>', 'only of hosts that serve in this pool')
    .option('--since <duration>', 'how far back: 90s, 10m, 2h, 7d', parseDuration, 10 * 60_000)
    .option('--step <duration>', 'width of a value; a multiple of 10 s', parseDuration)
    .addOption(
      new Option('--function <name>', 'what is shown; rate of counters and avg of all else').choices([
        ...counterFunctions,
      ]),
    )
    .option('--percentile <number>', 'over the hosts, for --function percentile', parsePercentile, 95)
    .addOption(new Option('--by <what>', 'what has a line of its own').choices([...counterGroupings]).default('name'))
    .option('--shift <duration>', 'what was so much earlier: 7d is the same time last week', parseDuration, 0)
    .option('--windows', 'the windows of 10 seconds as they are stored, newest first')
    .addHelpText(
      'after',
      "\nExample:\n  $ rookery counters 'host.cpu.*' --by pool --since 1h\n  $ rookery counters 'web.requests;code=5*' --app shop --by host",
    )
    .action(
      action(cli, async ({ api, output, clock }, pattern: string | undefined, options: Options) => {
        const nowMs = clock.now()
        const { app, host, pool, since, step, percentile, by, shift } = options
        const name = pattern ?? options.name
        const fromMs = Math.max(0, nowMs - since)
        if (options.windows)
          return showWindows(output, await api.queryCounters({ name, app, host, fromMs, limit: mostWindows }), nowMs)
        const maxPoints = output.json ? points.programs : points.people
        const answer = await api.counterSeries({
          ...{ name: name ?? '**', app, host, pool, fromMs, toMs: nowMs, stepMs: step, maxPoints, percentile },
          ...{ function: options.function, groupBy: by, shiftMs: shift },
        })
        showSeries(output, answer, nowMs)
      }),
    )
}
