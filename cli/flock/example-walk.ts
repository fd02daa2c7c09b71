import { RookeryError } from '../../runtime/errors.ts'
import type { Invocation } from '../invocation.ts'
import { plural, shortRevision } from '../terminal/format.ts'
import { tableLines } from '../terminal/table.ts'
import { showRollout, tellEnd } from '../watch/follow-rollout.ts'
import { type ExampleRepository, makeExampleRepository } from './example-repository.ts'
import type { FlockPlan } from './plan.ts'
import { askVersion, PoolPoller, type PoolReport } from './pool-poller.ts'

const app = 'hello'

type Revision = ExampleRepository['revisions'][number]

/**
 * Deploys the example app, then its second revision while a client polls every pool; checks what each host answers.
 * Resolves with false when the signal ended it.
 * @throws {RookeryError} ROLLOUT_FAILED when a rollout fails, a host answers something else, or a pool was without a host.
 */
export async function walkExample(invocation: Invocation, plan: FlockPlan, signal: AbortSignal): Promise<boolean> {
  const repository = await makeExampleRepository(plan.directory)
  await invocation.api.putApp(app, { git: repository.path })
  const [first, second] = repository.revisions
  if (!first || !second) throw new RookeryError('INTERNAL', 'the example has two revisions')

  announce(invocation, `deploying ${app} ${first.version} (${shortRevision(first.commit)})`)
  if (!(await deploy(invocation, first, signal))) return false
  await checkAnswers(invocation, plan, first)

  announce(
    invocation,
    `deploying ${app} ${second.version} (${shortRevision(second.commit)}), with a client at every pool`,
  )
  const poller = new PoolPoller(plan.hosts, invocation.clock)
  let reports: PoolReport[] = []
  try {
    if (!(await deploy(invocation, second, signal))) return false
  } finally {
    reports = await poller.stop()
  }
  await checkAnswers(invocation, plan, second)
  tellPools(invocation, reports)
  checkPools(reports)
  return true
}

async function deploy(invocation: Invocation, revision: Revision, signal: AbortSignal): Promise<boolean> {
  const started = await invocation.api.startRollout({ app, revision: revision.commit })
  const rollout = await showRollout(invocation, { rolloutId: started.id, buildLog: true, signal })
  if (!rollout) return false
  await tellEnd(invocation, rollout)
  if (rollout.phase === 'done') return true
  throw new RookeryError('ROLLOUT_FAILED', `the rollout of the example was ${rollout.phase}: ${rollout.reason}`)
}

async function checkAnswers({ output }: Invocation, plan: FlockPlan, revision: Revision): Promise<void> {
  const answers = await Promise.all(plan.hosts.map(async (host) => ({ host, answer: await askVersion(host) })))
  const wrong = answers.filter(
    ({ answer }) => answer?.revision !== revision.commit || answer.version !== revision.version,
  )
  if (wrong.length > 0) {
    const said = wrong.map(({ host, answer }) => `${host.name} answers ${answer ? answer.revision : 'nothing'}`)
    throw new RookeryError('ROLLOUT_FAILED', `the example is not live everywhere: ${said.join('; ')}`)
  }
  const facts = { hosts: answers.length, version: revision.version, revision: revision.commit }
  if (output.json) output.object({ event: 'verified', ...facts })
  else
    output.line(output.style('green', `✓ all ${plural(answers.length, 'service')} answer ${app} ${revision.version}`))
}

function tellPools({ output }: Invocation, reports: readonly PoolReport[]): void {
  if (output.json) return output.object({ event: 'polled', pools: reports })
  output.line('  what the clients of the pools saw during the restart:')
  const lines = tableLines(reports, [
    { heading: 'POOL', value: (report) => report.pool },
    { heading: 'REQUESTS', value: (report) => String(report.requests), align: 'right' },
    { heading: 'FAILED', value: (report) => String(report.failedRequests), align: 'right' },
    { heading: 'LEAST READY', value: (report) => `${report.leastReadyHosts} of ${report.hosts} hosts`, align: 'right' },
  ])
  for (const line of lines) output.line(`    ${line}`)
}

/** A pool of one host has an outage whenever that host restarts; nobody can promise otherwise. */
function checkPools(reports: readonly PoolReport[]): void {
  const dark = reports.filter((report) => report.hosts > 1 && report.leastReadyHosts === 0)
  if (dark.length === 0) return
  const pools = dark.map((report) => report.pool).join(', ')
  throw new RookeryError('ROLLOUT_FAILED', `no host was ready for a moment in: ${pools}`)
}

function announce({ output }: Invocation, text: string): void {
  if (output.json) return
  output.line()
  output.line(output.style('bold', text))
}
