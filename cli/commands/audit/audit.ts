import type { Command } from 'commander'
import type { Cli } from '../../invocation.ts'
import { addAuditExportCommand } from './export.ts'
import { addAuditListCommand } from './list.ts'
import { addAuditVerifyCommand } from './verify.ts'

export function addAuditCommands(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .description('who did what, and who was refused')
    .addHelpText('after', '\nExample:\n  $ rookery audit list --action "rollout.*" --since 24h')
  addAuditListCommand(audit, cli)
  addAuditExportCommand(audit, cli)
  addAuditVerifyCommand(audit, cli)
}
