import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { followRollout } from '../../watch/follow-rollout.ts'

export function addRolloutWatchCommand(parent: Command, cli: Cli): void {
  parent
    .command('watch <rollout>')
    .description('follow a rollout until it ends; ends with its exit code')
    .addHelpText('after', '\nExample:\n  $ rookery rollout watch r-20260131-140211-4f2a')
    .action(
      action(cli, async (invocation, id: string) => {
        const rollout = await invocation.api.getRollout(id)
        const isBuilding = rollout.phase === 'queued' || rollout.phase === 'building'
        return followRollout(invocation, rollout, isBuilding)
      }),
    )
}
