import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addReleaseBuildCommand } from './build.ts'
import { addReleaseListCommand } from './list.ts'
import { addReleaseRevokeCommand } from './revoke.ts'
import { addReleaseShowCommand } from './show.ts'
import { addReleaseVerifyCommand } from './verify.ts'

export function addReleaseCommands(program: Command, cli: Cli): void {
  const release = program
    .command('release')
    .description('build, list, verify and revoke releases')
    .addHelpText('after', '\nExample:\n  $ rookery release build hello --rev main')
  addReleaseBuildCommand(release, cli)
  addReleaseListCommand(release, cli)
  addReleaseShowCommand(release, cli)
  addReleaseVerifyCommand(release, cli)
  addReleaseRevokeCommand(release, cli)
}
