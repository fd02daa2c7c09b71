import type { Command } from 'commander'
import { CredentialsFile } from '../../credentials/credentials-file.ts'
import { action, type Cli } from '../../invocation.ts'

export function addLogoutCommand(program: Command, cli: Cli): void {
  program
    .command('logout')
    .description('forget the token for a coordinator; it stays good until it is revoked or expires')
    .addHelpText('after', '\nExample:\n  $ rookery logout --coordinator https://deploy.example.org:7070')
    .action(
      action(cli, async ({ api, output }) => {
        const { url } = api.endpoint
        const wasThere = (await CredentialsFile.of(cli)?.remove(url)) ?? false
        if (output.json) return output.object({ url, forgotten: wasThere })
        output.line(wasThere ? `the token for ${url} is forgotten` : `there is no token for ${url}`)
      }),
    )
}
