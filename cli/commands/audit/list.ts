import type { Command } from 'commander'
import type { AuditQuery } from '../../../proto/http/access.ts'
import { AccessClient } from '../../api-client/access-client.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseCount, parseDuration } from '../../options.ts'
import { formatTime } from '../../terminal/format.ts'
import { truncated } from '../../terminal/table.ts'

interface Options extends Pick<AuditQuery, 'principal' | 'action' | 'target' | 'before'> {
  readonly since?: number
  readonly limit: number
}

const parametersWidth = 60

export function addAuditListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('calls that could have changed something, newest first')
    .option('--principal <id>', 'only of this one: token:4f2a9c1d2e, oidc:ann, chat:ann')
    .option('--action <name>', 'only this action, or all that begin so: rollout.*')
    .option('--target <name>', 'only about this rollout, release, app, host, hold or token')
    .option('--since <duration>', 'only of the last 90s, 10m, 2h, 7d', parseDuration)
    .option('--before <number>', 'only entries before this one: the next page', parseCount)
    .option('--limit <n>', 'at most so many', parseCount, 50)
    .addHelpText('after', '\nExample:\n  $ rookery audit list --principal token:4f2a9c1d2e --since 24h')
    .action(
      action(cli, async ({ api, output, clock }, { since, ...query }: Options) => {
        const now = clock.now()
        const fromMs = since === undefined ? undefined : Math.max(0, Math.round(now - since))
        const { entries, next } = await new AccessClient(api.endpoint).listAudit({ ...query, fromMs })
        output.list(
          entries,
          [
            { heading: '#', value: ({ number }) => String(number), align: 'right' },
            { heading: 'TIME', value: ({ atMs }) => formatTime(atMs, now) },
            { heading: 'WHO', value: ({ principal }) => principal },
            { heading: 'FROM', value: ({ source }) => source },
            { heading: 'ACTION', value: ({ action }) => action },
            { heading: 'TARGET', value: ({ target }) => output.foreign(target) || '-' },
            { heading: 'RESULT', value: ({ result }) => result },
            { heading: 'ASKED FOR', value: ({ parameters }) => truncated(output.foreign(parameters), parametersWidth) },
          ],
          'nothing is recorded',
        )
        if (next !== null && !output.json) output.note(`more: --before ${next}`)
      }),
    )
}
