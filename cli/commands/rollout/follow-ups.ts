import type { Command } from 'commander'
import { action, type Cli } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { followRollout, tellStarted } from '../../watch/follow-rollout.ts'

const followUps = {
  rollback: {
    description: 'take a rollout back: a new rollout to the release that was live before it, in the same order',
    call: 'rollBack',
  },
  retry: {
    description: 'try the hosts that failed in a rollout once more, and no others',
    call: 'retryRollout',
  },
} as const

/** `rollout rollback` and `retry`: what is done after a rollout, as one that can be watched. */
export function addFollowUpCommands(parent: Command, cli: Cli): void {
  for (const [verb, { description, call }] of Object.entries(followUps))
    parent
      .command(`${verb} <rollout>`)
      .description(description)
      .option('--reason <text>', 'for the record')
      .option('--wait', 'watch until the end; what is done anyway on a terminal')
      .option('--no-wait', 'only start it')
      .addHelpText('after', `\nExample:\n  $ rookery rollout ${verb} r-20260131-140211-4f2a --wait`)
      .action(
        action(cli, async (invocation, id: string, options: { reason?: string; wait?: boolean }) => {
          const rollout = await invocation.api[call](id, { reason: options.reason, by: operatorName(cli) })
          if (options.wait ?? invocation.output.stdout.isTTY === true) return followRollout(invocation, rollout, false)
          tellStarted(invocation, rollout)
        }),
      )
}
