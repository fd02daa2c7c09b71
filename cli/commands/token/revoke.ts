import type { Command } from 'commander'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'

export function addTokenRevokeCommand(parent: Command, cli: Cli): void {
  parent
    .command('revoke <id>')
    .description('let a token count no more; streams that were opened with it end')
    .addHelpText('after', '\nExample:\n  $ rookery token revoke 4f2a9c1d2e')
    .action(
      action(cli, async ({ api, output }, id: string) => {
        const revoked = await new AccessClient(api.endpoint).revokeToken(id)
        if (output.json) return output.object(revoked)
        output.line(`token ${revoked.id} (${revoked.name}) is revoked`)
      }),
    )
}
