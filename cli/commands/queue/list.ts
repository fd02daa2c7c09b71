import type { Command } from 'commander'
import type { RolloutSummary } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatMoment, shortRevision } from '../../terminal/format.ts'

/** More than any queue holds. */
const mostRollouts = 1_000

export function addQueueListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list [app]')
    .description('who waits, for what and why; each app’s next first')
    .addHelpText('after', '\nExample:\n  $ rookery queue list hello')
    .action(
      action(cli, async ({ api, output, clock }, app?: string) => {
        const now = clock.now()
        output.list(
          inQueueOrder(await api.listRollouts({ app, limit: mostRollouts })),
          [
            { heading: 'APP', value: (rollout) => rollout.app },
            { heading: 'ROLLOUT', value: (rollout) => rollout.id },
            { heading: 'REVISION', value: (rollout) => (rollout.revision ? shortRevision(rollout.revision) : '-') },
            { heading: 'POOLS', value: (rollout) => rollout.pools.join(',') || 'all' },
            { heading: 'ASKED', value: (rollout) => formatMoment(rollout.createdAtMs, now) },
            { heading: 'BY', value: (rollout) => rollout.by ?? '-' },
            { heading: 'WHY', value: (rollout) => rollout.why ?? '-' },
            { heading: 'WAITS FOR', value: (rollout) => rollout.waitsFor ?? '-' },
          ],
          'nobody waits',
        )
      }),
    )
}

/** Those that wait, app by app, first come first. */
function inQueueOrder(rollouts: readonly RolloutSummary[]): RolloutSummary[] {
  const waiting = rollouts.filter(({ phase }) => phase === 'queued')
  return waiting.sort((a, b) => a.app.localeCompare(b.app) || a.createdAtMs - b.createdAtMs)
}
