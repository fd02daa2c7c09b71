import type { Command } from 'commander'
import type { AppSource } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'

export function addAppListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('apps, their sources, and the release each should run')
    .addHelpText('after', '\nExample:\n  $ rookery app list')
    .action(
      action(cli, async ({ api, output }) => {
        output.list(
          await api.listApps(),
          [
            { heading: 'APP', value: (app) => app.name },
            { heading: 'RUNS', value: (app) => app.desiredReleaseId ?? '-' },
            { heading: 'SOURCE', value: (app) => sourcePhrase(app.source) },
          ],
          'no apps yet; add one: rookery app add NAME --git URL',
        )
      }),
    )
}

export function sourcePhrase(source: AppSource): string {
  if ('directory' in source) return `directory ${source.directory}`
  return source.subdirectory ? `git ${source.git}, below ${source.subdirectory}` : `git ${source.git}`
}
