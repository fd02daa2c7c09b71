import type { Command } from 'commander'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { appWords } from './lock.ts'

/** What the coordinator names its holds. */
const holdId = /^h-[0-9a-f]{8}$/

export function addLockReleaseCommand(parent: Command, cli: Cli): void {
  parent
    .command('release [app-or-hold]')
    .description('let rollouts start again: release one hold, or every hold of an app')
    .option('--all', 'release the holds on all apps; those of single apps stay')
    .addHelpText('after', '\nExample:\n  $ rookery lock release hello\n  $ rookery lock release h-4f2a9c1d')
    .action(
      action(cli, async ({ api, output }, name: string | undefined, options: { all?: boolean }) => {
        if ((name === undefined) === (options.all === undefined))
          throw new RookeryError('USAGE', 'name an app or a hold, or give --all')
        const by = operatorName(cli)
        const isId = name !== undefined && holdId.test(name)
        const holds = isId ? [await api.releaseHold(name, by)] : await api.releaseHolds({ app: name ?? '*', by })
        for (const hold of holds)
          if (output.json) output.object(hold)
          else output.line(`${appWords(hold.app)}: hold ${hold.id} is released`)
      }),
    )
}
