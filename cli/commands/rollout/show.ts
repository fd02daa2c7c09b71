import type { Command } from 'commander'
import type { PhaseResult, Rollout, RolloutHost } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatBytes, formatDuration, formatMoment } from '../../terminal/format.ts'
import type { Column } from '../../terminal/table.ts'
import { efficiencyLines } from '../../watch/efficiency.ts'
import { hasEnded, startWatching } from '../../watch/state.ts'
import { summaryLines } from '../../watch/summary.ts'
import { verdictLines } from '../../watch/verdicts.ts'
import { hostWord, phaseSentence } from '../../watch/wording.ts'

export function addRolloutShowCommand(parent: Command, cli: Cli): void {
  parent
    .command('show <rollout>')
    .description('one rollout with the state of every host')
    .option('--host <name>', 'how each phase ended on this host, with the exit codes of its hooks')
    .addHelpText('after', '\nExample:\n  $ rookery rollout show r-20260131-140211-4f2a')
    .action(
      action(cli, async ({ api, output, clock, program }, id: string, { host }: { host?: string }) => {
        if (host !== undefined) return output.list(await api.phaseResults(id, host), phaseColumns, 'no phase has ended')
        const rollout = await api.getRollout(id)
        if (output.json) return output.object(rollout)
        const now = clock.now()
        output.line(`rollout   ${rollout.id}${originOf(rollout)}`)
        output.line(`app       ${rollout.app}`)
        if (rollout.by ?? rollout.why) output.line(`asked     ${[rollout.by, rollout.why].filter(Boolean).join(': ')}`)
        if (rollout.breakGlass) output.line(`glass     broken: ${rollout.breakGlass}`)
        output.line(`revision  ${rollout.revision ?? '-'}`)
        output.line(
          `release   ${rollout.releaseId ?? '-'}${rollout.previousReleaseId ? `, before it ${rollout.previousReleaseId}` : ''}`,
        )
        if (rollout.order) output.line(`order     ${rollout.order}, seed ${rollout.seed}${stepsOf(rollout)}`)
        output.line(`created   ${formatMoment(rollout.createdAtMs, now)}`)
        output.line(`now       ${phaseSentence(startWatching(rollout))}`)
        for (const line of verdictLines(rollout, now)) output.line(line)
        output.line()
        output.list(rollout.hosts, hostColumns(output.style.bind(output)), 'no hosts')
        const lines = hasEnded(rollout) ? summaryLines(rollout, program) : efficiencyLines(rollout.efficiency)
        if (lines.length > 0) output.line()
        for (const line of lines) output.line(line)
      }),
    )
}

const phaseColumns: readonly Column<PhaseResult>[] = [
  { heading: 'ATTEMPT', value: ({ attemptId }) => attemptId.split('/').slice(2).join(' ') },
  { heading: 'PHASE', value: ({ phase }) => phase },
  { heading: 'TOOK', value: ({ durationMs }) => formatDuration(durationMs), align: 'right' },
  { heading: 'EXIT', value: ({ exitCode }) => String(exitCode ?? '-'), align: 'right' },
  { heading: 'RESULT', value: ({ failure }) => (failure ? `${failure.message} (${failure.code})` : 'ok') },
]

/** Why there is a rollout that nobody asked for by its revision. */
function originOf({ kind, rollbackOf, retryOf, prefetch }: Rollout): string {
  if (rollbackOf) return ` (takes ${rollbackOf} back)`
  if (retryOf) return ` (tries what failed in ${retryOf} again)`
  if (kind === 'converge') return ' (brings hosts to what their pools run)'
  return prefetch ? ' (distributes only)' : ''
}

function stepsOf({ steps }: Rollout): string {
  if (steps.length < 2) return ''
  return `; steps ${steps.map(({ name, lastBatch }) => `${name} to batch ${lastBatch}`).join(', ')}`
}

function hostColumns(style: (style: ReturnType<typeof hostWord>['style'], text: string) => string) {
  const ms = (value: number | null) => (value === null ? '-' : formatDuration(value))
  return [
    { heading: 'HOST', value: (host: RolloutHost) => host.host },
    { heading: 'POOL', value: (host: RolloutHost) => host.pool },
    { heading: 'BATCH', value: (host: RolloutHost) => String(host.batch ?? '-'), align: 'right' as const },
    { heading: 'TRIES', value: (host: RolloutHost) => String(host.retries + 1), align: 'right' as const },
    { heading: 'STATE', value: (host: RolloutHost) => style(hostWord(host).style, host.state) },
    { heading: 'BYTES', value: (host: RolloutHost) => formatBytes(host.bytesDone), align: 'right' as const },
    { heading: 'FETCH', value: (host: RolloutHost) => ms(host.fetchMs), align: 'right' as const },
    { heading: 'ACTIVATE', value: (host: RolloutHost) => ms(host.activateMs), align: 'right' as const },
    {
      heading: 'FAILURE',
      value: (host: RolloutHost) => (host.failure ? `${host.failure.message} (${host.failure.code})` : ''),
    },
  ]
}
