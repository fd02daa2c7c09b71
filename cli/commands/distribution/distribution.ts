import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addLimitsCommands } from './limits.ts'

export function addDistributionCommands(program: Command, cli: Cli): void {
  const distribution = program
    .command('distribution')
    .description('what agents may take of the network while they exchange pieces')
    .addHelpText('after', '\nExample:\n  $ rookery distribution limits set --upload-mbit 200')
  addLimitsCommands(distribution, cli)
}
