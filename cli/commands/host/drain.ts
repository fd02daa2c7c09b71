import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'

/** `host drain` and `host undrain`. */
export function addDrainCommands(parent: Command, cli: Cli): void {
  for (const verb of ['drain', 'undrain'] as const) {
    parent
      .command(`${verb} <host>`)
      .description(
        verb === 'drain' ? 'leave a host out of rollouts from now on' : 'take a drained host into rollouts again',
      )
      .addHelpText('after', `\nExample:\n  $ rookery host ${verb} web-1`)
      .action(
        action(cli, async ({ api, output }, name: string) => {
          const host = await api.setDrained(name, verb === 'drain')
          if (output.json) output.object(host)
          else
            output.line(host.drained ? `${host.name} is left out of rollouts` : `${host.name} takes part in rollouts`)
        }),
      )
  }
}
