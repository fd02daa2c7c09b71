import { type Command, Option } from 'commander'
import type { RolloutPreview, RolloutRequest } from '../../../proto/http/api.ts'
import { type OrderName, orderNames } from '../../../proto/rollout-order.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { collectText, parseCursor } from '../../options.ts'
import { fallbackColumns } from '../../terminal/table.ts'
import { followRollout, tellStarted } from '../../watch/follow-rollout.ts'
import { explanationColumns, fleetPlanOf, planLines } from './plan-view.ts'

interface Options {
  readonly rev?: string
  readonly release?: string
  readonly pool?: string[]
  readonly rebuild?: boolean
  readonly host?: string[]
  readonly order?: OrderName
  readonly seed?: number
  readonly prefetch?: boolean
  readonly dryRun?: boolean
  readonly explain?: boolean
  readonly why?: string
  readonly breakGlass?: string
  readonly queue: boolean
  readonly wait?: boolean
}

export function addDeployCommand(program: Command, cli: Cli): void {
  program
    .command('deploy <app>')
    .description('build a revision, distribute it and restart the hosts on it')
    .option('--rev <revision>', 'any name git knows; HEAD without it')
    .option('--release <id>', 'deploy a release that was built before')
    .option('--pool <name>', 'only this pool; may be repeated', collectText)
    .option('--host <name>', 'only this host; may be repeated, and `--order list` keeps their order', collectText)
    .addOption(new Option('--order <name>', 'who moves when, over the rookery.yml').choices(orderNames))
    .option('--seed <n>', 'the same seed gives the same order', parseCursor)
    .option('--prefetch', 'distribute only: hosts hold the release and go on with what they run')
    .option('--dry-run', 'print the batches and do nothing')
    .option('--explain', 'with --dry-run: why each host stands where it does')
    .option('--why <text>', 'what for, for those who wait behind it and for the record')
    .option('--break-glass <reason>', 'pass over holds and freeze windows; recorded and told to the webhooks')
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
        if (options.explain && !options.dryRun) throw new RookeryError('USAGE', '--explain goes with --dry-run')
        const request = requestOf(app, options, operatorName(cli))
        if (options.dryRun)
          return showPreview(invocation, await invocation.api.previewRollout(request), options.explain)
        const rollout = await invocation.api.startRollout(request)
        const watches = options.wait ?? invocation.output.stdout.isTTY === true
        if (watches) return followRollout(invocation, rollout, options.release === undefined)
        tellStarted(invocation, rollout)
      }),
    )
}

function requestOf(app: string, options: Options, by: string | undefined): RolloutRequest {
  const { order, seed, prefetch, rebuild, why, breakGlass } = options
  return {
    ...{ app, order, seed, prefetch, rebuild, why, breakGlass, by },
    revision: options.rev,
    releaseId: options.release,
    pools: options.pool,
    hosts: options.host,
    noQueue: options.queue ? undefined : true,
  }
}

function showPreview({ output }: Invocation, preview: RolloutPreview, explain = false): void {
  if (output.json) return output.object(preview)
  const plan = fleetPlanOf(preview)
  if (preview.waitsFor !== null) output.line(`it would wait: ${preview.waitsFor}`)
  if (explain) return output.list(plan.hosts, explanationColumns, 'no hosts')
  for (const line of planLines(plan, output.stdout.columns || fallbackColumns)) output.line(line)
}
