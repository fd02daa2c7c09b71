import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { followRollout, tellStarted } from '../../watch/follow-rollout.ts'

export function addRollbackCommand(parent: Command, cli: Cli): void {
  parent
    .command('rollback <rollout>')
    .description('take a rollout back: a new rollout to the release that was live before it')
    .option('--wait', 'watch until the end; what is done anyway on a terminal')
    .option('--no-wait', 'only start it')
    .addHelpText('after', '\nExample:\n  $ rookery rollout rollback r-20260131-140211-4f2a --wait')
    .action(
      action(cli, async (invocation, id: string, options: { wait?: boolean }) => {
        const rollout = await invocation.api.rollBack(id)
        if (options.wait ?? invocation.output.stdout.isTTY === true) return followRollout(invocation, rollout, false)
        tellStarted(invocation, rollout)
      }),
    )
}
