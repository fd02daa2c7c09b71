import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addDrainCommands } from './drain.ts'
import { addHostForgetCommand } from './forget.ts'
import { addHostListCommand } from './list.ts'
import { addHostShowCommand } from './show.ts'

export function addHostCommands(program: Command, cli: Cli): void {
  const host = program
    .command('host')
    .description('list hosts, and take them out of rollouts')
    .addHelpText('after', '\nExample:\n  $ rookery host list')
  addHostListCommand(host, cli)
  addHostShowCommand(host, cli)
  addDrainCommands(host, cli)
  addHostForgetCommand(host, cli)
}
