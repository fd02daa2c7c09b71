import type { Command } from 'commander'
import type { AppSource } from '../../../proto/http/api.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { sourcePhrase } from './list.ts'

interface Options {
  readonly git?: string
  readonly directory?: string
  readonly subdirectory?: string
}

export function addAppAddCommand(parent: Command, cli: Cli): void {
  parent
    .command('add <name>')
    .description('add an app, or change where its source is')
    .option('--git <url>', 'a git repository, by URL or by path on the coordinator')
    .option('--directory <dir>', 'a directory on the coordinator')
    .option('--subdirectory <dir>', 'where in the repository its rookery.yml lies')
    .addHelpText(
      'after',
      '\nExample:\n  $ rookery app add hello --git https://git.example.com/apps.git --subdirectory hello',
    )
    .action(
      action(cli, async ({ api, output }, name: string, options: Options) => {
        const app = await api.putApp(name, sourceOf(options))
        if (output.json) output.object(app)
        else output.line(`${app.name}: ${sourcePhrase(app.source)}`)
      }),
    )
}

function sourceOf({ git, directory, subdirectory }: Options): AppSource {
  if ((git === undefined) === (directory === undefined)) {
    throw new RookeryError('USAGE', 'give either --git or --directory')
  }
  if (git !== undefined) return { git, subdirectory }
  if (subdirectory !== undefined) throw new RookeryError('USAGE', '--subdirectory goes with --git')
  return { directory: directory ?? '' }
}
