import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addAppAddCommand } from './add.ts'
import { addAppListCommand } from './list.ts'

export function addAppCommands(program: Command, cli: Cli): void {
  const app = program
    .command('app')
    .description('list apps, and add one')
    .addHelpText('after', '\nExample:\n  $ rookery app add hello --git https://git.example.com/hello.git')
  addAppListCommand(app, cli)
  addAppAddCommand(app, cli)
}
