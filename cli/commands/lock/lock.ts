import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addLockHoldCommand } from './hold.ts'
import { addLockListCommand } from './list.ts'
import { addLockReleaseCommand } from './release.ts'

export function addLockCommands(program: Command, cli: Cli): void {
  const lock = program
    .command('lock')
    .description('keep rollouts from starting, of one app or of all')
    .addHelpText('after', '\nExample:\n  $ rookery lock hold hello --reason "database migration" --for 2h')
  addLockHoldCommand(lock, cli)
  addLockReleaseCommand(lock, cli)
  addLockListCommand(lock, cli)
}

/** What a hold or a release is about: an app, or null for all. */
export function appWords(app: string | null): string {
  return app ?? 'all apps'
}
