import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'

export function addQueueLeaveCommand(parent: Command, cli: Cli): void {
  parent
    .command('leave <rollout>')
    .description('take a rollout out of the queue; refused once it has started')
    .addHelpText('after', '\nExample:\n  $ rookery queue leave r-20260131-140211-4f2a')
    .action(
      action(cli, async ({ api, output }, id: string) => {
        const rollout = await api.leaveQueue(id, operatorName(cli))
        if (output.json) output.object(rollout)
        else output.line(`rollout ${rollout.id} of ${rollout.app} has left the queue`)
      }),
    )
}
