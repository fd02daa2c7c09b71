import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addQueueJoinCommand } from './join.ts'
import { addQueueLeaveCommand } from './leave.ts'
import { addQueueListCommand } from './list.ts'

export function addQueueCommands(program: Command, cli: Cli): void {
  const queue = program
    .command('queue')
    .description('rollouts that wait for their turn, each app in its own order')
    .addHelpText('after', '\nExample:\n  $ rookery queue list hello')
  addQueueListCommand(queue, cli)
  addQueueJoinCommand(queue, cli)
  addQueueLeaveCommand(queue, cli)
}
