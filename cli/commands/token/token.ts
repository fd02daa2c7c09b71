import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addTokenCreateCommand } from './create.ts'
import { addTokenListCommand } from './list.ts'
import { addTokenRevokeCommand } from './revoke.ts'

export function addTokenCommands(program: Command, cli: Cli): void {
  const token = program
    .command('token')
    .description('who may call the coordinator: API tokens')
    .addHelpText('after', '\nExample:\n  $ rookery token create ci --role deployer --app hello > ci.token')
  addTokenCreateCommand(token, cli)
  addTokenListCommand(token, cli)
  addTokenRevokeCommand(token, cli)
}
