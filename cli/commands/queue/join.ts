import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { collectText } from '../../options.ts'
import { tellStarted } from '../../watch/follow-rollout.ts'

interface Options {
  readonly rev?: string
  readonly pool?: string[]
  readonly why?: string
}

export function addQueueJoinCommand(parent: Command, cli: Cli): void {
  parent
    .command('join <app>')
    .description('queue a rollout and return at once; it starts when its turn comes and nothing holds the app')
    .option('--rev <revision>', 'any name git knows; HEAD without it')
    .option('--pool <name>', 'only this pool; may be repeated', collectText)
    .option('--why <text>', 'what for, for those who wait behind it')
    .addHelpText('after', '\nExample:\n  $ rookery queue join hello --rev main --why "fix the login page"')
    .action(
      action(cli, async (invocation, app: string, { rev, pool, why }: Options) => {
        const by = operatorName(cli)
        tellStarted(invocation, await invocation.api.startRollout({ app, revision: rev, pools: pool, by, why }))
      }),
    )
}
