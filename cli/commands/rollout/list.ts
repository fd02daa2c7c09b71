import type { Command } from 'commander'
import type { RolloutSummary } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseCount } from '../../options.ts'
import { formatDuration, formatMoment, shortRevision } from '../../terminal/format.ts'

export function addRolloutListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('rollouts, newest first')
    .option('--app <name>', 'only of this app')
    .option('--limit <n>', 'at most so many', parseCount, 20)
    .addHelpText('after', '\nExample:\n  $ rookery rollout list --app hello --limit 5')
    .action(
      action(cli, async ({ api, output, clock }, options: { app?: string; limit: number }) => {
        const now = clock.now()
        output.list(
          await api.listRollouts(options),
          [
            { heading: 'ROLLOUT', value: (rollout) => rollout.id },
            { heading: 'APP', value: (rollout) => rollout.app },
            { heading: 'REVISION', value: (rollout) => (rollout.revision ? shortRevision(rollout.revision) : '-') },
            { heading: 'PHASE', value: (rollout) => output.style(phaseStyle(rollout), rollout.phase) },
            { heading: 'POOLS', value: (rollout) => rollout.pools.join(',') },
            { heading: 'STARTED', value: (rollout) => formatMoment(rollout.startedAtMs ?? rollout.createdAtMs, now) },
            { heading: 'TOOK', value: duration, align: 'right' },
            { heading: 'REASON', value: (rollout) => rollout.reason ?? '' },
          ],
          'no rollouts yet; start one: rookery deploy APP',
        )
      }),
    )
}

function phaseStyle({ phase }: RolloutSummary): 'green' | 'red' | 'yellow' {
  if (phase === 'done') return 'green'
  return phase === 'halted' || phase === 'aborted' ? 'red' : 'yellow'
}

function duration(rollout: RolloutSummary): string {
  if (rollout.endedAtMs === null) return '…'
  return formatDuration(rollout.endedAtMs - (rollout.startedAtMs ?? rollout.createdAtMs))
}
