import { type Command, InvalidArgumentError } from 'commander'
import type { LimitsRule, LimitsSelection, SwarmLimits } from '../../../proto/http/api.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseMbit } from '../../options.ts'
import { formatMoment } from '../../terminal/format.ts'
import type { Output } from '../../terminal/output.ts'

interface SetOptions extends LimitsSelection {
  readonly uploadMbit?: number
  readonly downloadMbit?: number
  readonly toZone?: Record<string, number>
}

/** `distribution limits show`, `set` and `clear`. */
export function addLimitsCommands(parent: Command, cli: Cli): void {
  const limits = parent
    .command('limits')
    .description('caps of the agents’ piece exchange; they hold at once and for agents that come later')
    .addHelpText('after', '\nExample:\n  $ rookery distribution limits show')
  limits
    .command('show', { isDefault: true })
    .description('every cap that is set, and for which hosts')
    .addHelpText('after', '\nExample:\n  $ rookery distribution limits show')
    .action(action(cli, async ({ api, output, clock }) => printRules(output, await api.listLimits(), clock.now())))
  withSelection(limits.command('set'))
    .description('cap all agents, or those of a zone or pool; replaces what was set for just these')
    .option('--upload-mbit <rate>', 'what each host sends, in Mbit/s', parseMbit)
    .option('--download-mbit <rate>', 'what each host receives, in Mbit/s', parseMbit)
    .option(
      '--to-zone <name=rate>',
      'what each host sends to that other zone, in Mbit/s; * for all not named; may be repeated',
      collectZone,
    )
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery distribution limits set --zone ams --upload-mbit 200 --to-zone fra=20',
    )
    .action(
      action(cli, async ({ api, output, clock }, options: SetOptions) => {
        printRules(output, await api.setLimits(requestOf(options)), clock.now())
      }),
    )
  withSelection(limits.command('clear'))
    .description('take caps back; what the agents’ configurations say is left')
    .addHelpText('after', '\nExample:\n  $ rookery distribution limits clear --zone ams')
    .action(
      action(cli, async ({ api, output, clock }, { zone, pool }: LimitsSelection) => {
        printRules(output, await api.clearLimits({ zone, pool }), clock.now())
      }),
    )
}

function withSelection(command: Command): Command {
  return command
    .option('--zone <name>', 'only hosts of this zone (label `zone`)')
    .option('--pool <name>', 'only hosts of this pool')
}

function requestOf({ zone, pool, uploadMbit, downloadMbit, toZone }: SetOptions) {
  const limits: SwarmLimits = {
    uploadMbitPerSecond: uploadMbit,
    downloadMbitPerSecond: downloadMbit,
    zoneMbitPerSecond: toZone,
  }
  if (Object.values(limits).every((limit) => limit === undefined))
    throw new RookeryError('USAGE', 'give --upload-mbit, --download-mbit or --to-zone; clear takes caps back')
  return { zone, pool, limits }
}

function collectZone(text: string, previous: Record<string, number> = {}): Record<string, number> {
  const equals = text.lastIndexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Give a zone and its rate in Mbit/s, such as ams=50.')
  return { ...previous, [text.slice(0, equals)]: parseMbit(text.slice(equals + 1)) }
}

function printRules(output: Output, rules: readonly LimitsRule[], nowMs: number): void {
  const mbit = (rate: number | undefined) => (rate === undefined ? '-' : `${rate} Mbit/s`)
  output.list(
    rules,
    [
      { heading: 'HOSTS', value: selectionText },
      { heading: 'UPLOAD', value: ({ limits }) => mbit(limits.uploadMbitPerSecond), align: 'right' },
      { heading: 'DOWNLOAD', value: ({ limits }) => mbit(limits.downloadMbitPerSecond), align: 'right' },
      { heading: 'TO ZONES', value: ({ limits }) => zonesText(limits) },
      { heading: 'SET', value: ({ setAtMs }) => formatMoment(setAtMs, nowMs) },
    ],
    'no caps are set: every agent keeps to its own configuration',
  )
}

function selectionText({ zone, pool }: LimitsRule): string {
  if (zone === null && pool === null) return 'all'
  return [...(pool === null ? [] : [`pool ${pool}`]), ...(zone === null ? [] : [`zone ${zone}`])].join(', ')
}

function zonesText({ zoneMbitPerSecond = {} }: SwarmLimits): string {
  const zones = Object.entries(zoneMbitPerSecond).map(([zone, rate]) => `${zone === '*' ? 'others' : zone} ${rate}`)
  return zones.length === 0 ? '-' : `${zones.join(', ')} Mbit/s`
}
