import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'

export function addHostForgetCommand(parent: Command, cli: Cli): void {
  parent
    .command('forget <host>')
    .description('remove a host that is gone for good; it comes back when its agent connects')
    .addHelpText('after', '\nExample:\n  $ rookery host forget web-1')
    .action(
      action(cli, async ({ api, output }, name: string) => {
        await api.forgetHost(name)
        if (output.json) output.object({ forgotten: name })
        else output.line(`${name} is forgotten`)
      }),
    )
}
