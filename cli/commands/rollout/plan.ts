import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { parseHostList } from '../../../planning/host-list.ts'
import type { FleetPlan, PlacedHost } from '../../../planning/plan.ts'
import { planFleet } from '../../../planning/planner.ts'
import { completePolicy, type OrderName, orderNames, type RolloutPolicy } from '../../../planning/policy.ts'
import { parsePolicy } from '../../../planning/policy-document.ts'
import { errorMessage, RookeryError } from '../../../runtime/errors.ts'
import { action, type Cli } from '../../invocation.ts'
import { parseCursor } from '../../options.ts'
import type { Output } from '../../terminal/output.ts'
import { fallbackColumns } from '../../terminal/table.ts'
import { explanationColumns, planLines } from './plan-view.ts'

interface Options {
  readonly hosts: string
  readonly order?: OrderName
  readonly seed: number
  readonly policy?: string
  readonly release?: string
  /** A host's name, or true for all. */
  readonly explain?: string | true
}

export function addRolloutPlanCommand(parent: Command, cli: Cli): void {
  parent
    .command('plan')
    .description('who would move when, from a list of hosts; asks no coordinator')
    .requiredOption(
      '--hosts <file>',
      'YAML or JSON: a list of {name, pool or pools, zone, ready, live, drained}, or a mapping of pools to names',
    )
    .addOption(new Option('--order <name>', "instead of the policy's").choices(orderNames))
    .option('--seed <n>', 'the same seed gives the same order', parseCursor, 0)
    .option('--policy <file>', 'a rookery.yml, or only its rollout part; the defaults without it')
    .option('--release <id>', 'hosts that run this release and are ready stay as they are')
    .option('--explain [host]', 'why each host, or this one, stands where it does')
    .addHelpText('after', '\nExample:\n  $ rookery rollout plan --hosts fleet.yml --policy rookery.yml --explain')
    .action(
      action(cli, async ({ output }, options: Options) => {
        const hosts = parseHostList(await readText(options.hosts), options.hosts)
        const policy = await readPolicy(options)
        const { seed, release: releaseId = null } = options
        const plan = planFleet(hosts, { releaseId, policy, seed, bakePerBatchMs: 0 })
        if (options.explain !== undefined) return explain(plan, options.explain, output)
        if (output.json) return output.object(plan)
        for (const line of planLines(plan, output.stdout.columns || fallbackColumns)) output.line(line)
      }),
    )
}

async function readPolicy({ policy: file, order }: Options): Promise<RolloutPolicy> {
  const policy = file === undefined ? completePolicy({}) : parsePolicy(await readText(file), file)
  return order === undefined ? policy : { ...policy, order }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${file}: ${errorMessage(error)}`, { cause: error })
  }
}

function explain(plan: FleetPlan, which: string | true, output: Output): void {
  const hosts = which === true ? plan.hosts : [placedHost(plan, which)]
  output.list(hosts, explanationColumns, 'no hosts')
}

function placedHost(plan: FleetPlan, name: string): PlacedHost {
  const found = plan.hosts.find(({ host }) => host === name)
  if (!found) throw new RookeryError('NOT_FOUND', `the list has no host ${name}`)
  return found
}
