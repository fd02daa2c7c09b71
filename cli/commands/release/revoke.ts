import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'

export function addReleaseRevokeCommand(parent: Command, cli: Cli): void {
  parent
    .command('revoke <release>')
    .description(
      'let a release, and those of its app that were created before it, go live nowhere any more; what runs goes on. This cannot be taken back',
    )
    .requiredOption('--reason <text>', 'why, for whoever meets it')
    .addHelpText('after', '\nExample:\n  $ rookery release revoke hello-4f2a9c1d2e --reason "logs passwords"')
    .action(
      action(cli, async ({ api, output, program }, id: string, { reason }: { reason: string }) => {
        const release = await api.revokeRelease(id, { reason, by: operatorName(cli) })
        if (output.json) return output.object(release)
        output.line(`release ${release.id} of ${release.app} is revoked: ${release.revoked?.reason ?? reason}`)
        output.note(`hosts that still run it: ${program} doctor --fleet`)
      }),
    )
}
