import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'

const controls = {
  pause: 'hold a rollout: hosts that are being activated finish, no other begins',
  resume: 'go on with a paused rollout',
  promote: 'let the next step of a rollout begin that waits for it',
  abort: 'end a rollout now; hosts keep what they run at this moment',
} as const

/** `rollout pause`, `resume`, `promote` and `abort`: one form, four words. */
export function addControlCommands(parent: Command, cli: Cli): void {
  for (const [name, description] of Object.entries(controls)) {
    const verb = name as keyof typeof controls
    parent
      .command(`${verb} <rollout>`)
      .description(description)
      .option('--reason <text>', 'for the record')
      .addHelpText('after', `\nExample:\n  $ rookery rollout ${verb} r-20260131-140211-4f2a --reason "errors on web-1"`)
      .action(
        action(cli, async ({ api, output }, id: string, options: { reason?: string }) => {
          const rollout = await api.controlRollout(id, verb, { reason: options.reason, by: operatorName(cli) })
          if (output.json) output.object(rollout)
          else output.line(`rollout ${rollout.id} of ${rollout.app} is ${rollout.phase}`)
        }),
      )
  }
}
