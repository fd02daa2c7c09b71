import type { Command } from 'commander'
import type { Release } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseCount } from '../../options.ts'
import { formatBytes, formatDuration, formatMoment, shortRevision } from '../../terminal/format.ts'

export function addReleaseListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('releases, newest first')
    .option('--app <name>', 'only of this app')
    .option('--limit <n>', 'at most so many', parseCount, 20)
    .addHelpText('after', '\nExample:\n  $ rookery release list --app hello')
    .action(
      action(cli, async ({ api, output, clock }, options: { app?: string; limit: number }) => {
        const now = clock.now()
        output.list(
          await api.listReleases(options),
          [
            { heading: 'RELEASE', value: (release) => release.id },
            { heading: 'APP', value: (release) => release.app },
            { heading: 'REVISION', value: (release) => shortRevision(release.revision) },
            { heading: 'STATE', value: (release) => output.style(stateStyle(release), stateOf(release)) },
            { heading: 'SIZE', value: size, align: 'right' },
            { heading: 'CREATED', value: (release) => formatMoment(release.createdAtMs, now) },
            { heading: 'BUILD', value: buildTime, align: 'right' },
            { heading: 'FAILURE', value: (release) => release.failure?.message.split('\n')[0] ?? '' },
          ],
          'no releases yet; build one: rookery release build APP',
        )
      }),
    )
}

function stateOf({ state, revoked }: Release): string {
  return revoked ? 'revoked' : state
}

function stateStyle({ state, revoked }: Release): 'green' | 'red' | 'yellow' {
  if (revoked) return 'red'
  if (state === 'building') return 'yellow'
  return state === 'ready' ? 'green' : 'red'
}

function size({ manifest }: Release): string {
  return manifest ? formatBytes(manifest.artifact.bytes) : '-'
}

function buildTime({ buildMs }: Release): string {
  return buildMs === null ? '…' : formatDuration(buildMs)
}
