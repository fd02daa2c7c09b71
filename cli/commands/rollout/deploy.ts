import type { Command } from 'commander'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { followRollout, tellStarted } from '../../watch/follow-rollout.ts'

interface Options {
  readonly rev?: string
  readonly release?: string
  readonly pool?: string[]
  readonly rebuild?: boolean
  readonly queue: boolean
  readonly wait?: boolean
}

export function addDeployCommand(program: Command, cli: Cli): void {
  program
    .command('deploy <app>')
    .description('build a revision, distribute it and restart the hosts on it')
    .option('--rev <revision>', 'any name git knows; HEAD without it')
    .option('--release <id>', 'deploy a release that was built before')
    .option('--pool <name>', 'only this pool; may be repeated', collect)
    .option('--rebuild', 'build again even if the revision was built before')
    .option('--no-queue', 'refuse instead of waiting behind a rollout of the app that is under way')
    .option('--wait', 'watch until the end; what is done anyway on a terminal')
    .option('--no-wait', 'only start it')
    .addHelpText('after', '\nExample:\n  $ rookery deploy hello --rev 4f2a9c1 --pool web')
    .action(
      action(cli, async (invocation, app: string, options: Options) => {
        if (options.rev !== undefined && options.release !== undefined) {
          throw new RookeryError('USAGE', '--rev and --release exclude each other: a release is of one revision')
        }
        if (options.rebuild && options.release !== undefined) {
          throw new RookeryError('USAGE', '--rebuild and --release exclude each other')
        }
        const rollout = await invocation.api.startRollout({
          app,
          revision: options.rev,
          releaseId: options.release,
          rebuild: options.rebuild,
          pools: options.pool,
          noQueue: options.queue ? undefined : true,
        })
        const watches = options.wait ?? invocation.output.stdout.isTTY === true
        if (watches) return followRollout(invocation, rollout, options.release === undefined)
        tellStarted(invocation, rollout)
      }),
    )
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}
