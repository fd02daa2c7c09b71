import type { Command } from 'commander'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { parseDuration } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'
import { appWords } from './lock.ts'

interface Options {
  readonly all?: boolean
  readonly reason: string
  readonly for?: number
  readonly stop?: boolean
}

export function addLockHoldCommand(parent: Command, cli: Cli): void {
  parent
    .command('hold [app]')
    .description('start no rollout of an app from now on; they wait in its queue')
    .option('--all', 'of no app: stop the line')
    .requiredOption('--reason <text>', 'why, for whoever meets it')
    .option('--for <duration>', 'let it end by itself, e.g. after 2h', parseDuration)
    .option('--stop', 'pause the rollouts that are under way, too')
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery lock hold hello --reason "database migration" --for 2h\n  $ rookery lock hold --all --reason outage --stop',
    )
    .action(
      action(cli, async ({ api, output, clock }, app: string | undefined, options: Options) => {
        if ((app === undefined) === (options.all === undefined))
          throw new RookeryError('USAGE', 'name an app, or give --all')
        const hold = await api.hold({
          app: app ?? null,
          reason: options.reason,
          by: operatorName(cli),
          untilMs: options.for === undefined ? undefined : clock.now() + Math.ceil(options.for),
          stopRunning: options.stop,
        })
        if (output.json) return output.object(hold)
        const until = hold.untilMs === null ? '' : ` until ${formatTime(hold.untilMs, clock.now())}`
        output.line(`${appWords(hold.app)}: no rollout starts${until} (hold ${hold.id})`)
      }),
    )
}
