import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addControlCommands } from './control.ts'
import { addFollowUpCommands } from './follow-ups.ts'
import { addRolloutListCommand } from './list.ts'
import { addRolloutPlanCommand } from './plan.ts'
import { addRolloutShowCommand } from './show.ts'
import { addRolloutWatchCommand } from './watch.ts'

export function addRolloutCommands(program: Command, cli: Cli): void {
  const rollout = program
    .command('rollout')
    .description('list, watch and steer rollouts')
    .addHelpText('after', '\nExample:\n  $ rookery rollout list --app hello')
  addRolloutListCommand(rollout, cli)
  addRolloutShowCommand(rollout, cli)
  addRolloutWatchCommand(rollout, cli)
  addRolloutPlanCommand(rollout, cli)
  addControlCommands(rollout, cli)
  addFollowUpCommands(rollout, cli)
}
