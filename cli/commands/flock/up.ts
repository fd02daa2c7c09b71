import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Host } from '../../../proto/http/api.ts'
import { sleep } from '../../../runtime/clock.ts'
import { exitCodes, RookeryError } from '../../../runtime/errors.ts'
import { ApiClient } from '../../api-client/client.ts'
import { adminToken, adminTokenFile } from '../../flock/admin-token.ts'
import { walkExample } from '../../flock/example-walk.ts'
import { Flock } from '../../flock/flock.ts'
import { keepOwnCredential, type OwnCredential } from '../../flock/own-credential.ts'
import { type FlockPlan, planFlock } from '../../flock/plan.ts'
import { action, type Cli, defaultCoordinatorUrl, type Invocation } from '../../invocation.ts'
import { parseCount, parsePort } from '../../options.ts'
import { formatDuration, plural } from '../../terminal/format.ts'
import { interruptedExitCode } from '../../watch/follow-rollout.ts'

interface Admin {
  readonly plan: FlockPlan
  readonly token: string
  /** Other commands find the token by themselves. */
  readonly isFound: boolean
}

interface Options {
  readonly agents: number
  readonly pools: string
  readonly data: string
  readonly port: number
  readonly once?: boolean
  readonly example: boolean
}

const connectDeadlineMs = 30_000
const connectPollMs = 50

export function addUpCommand(program: Command, cli: Cli): void {
  program
    .command('up')
    .description('a whole flock on this machine: coordinator, tracker, seeder and agents, with an example app')
    .option('--agents <n>', 'number of agents', parseCount, 8)
    .option('--pools <names>', 'pools the agents are spread over', 'web,api,jobs')
    .option('--data <dir>', 'where everything is kept', '.rookery')
    .option('--port <port>', "the coordinator's port; the others follow it", parsePort, 7070)
    .option('--once', 'end with 0 once two revisions of the example have been deployed and checked')
    .option('--no-example', 'do not deploy the example app')
    .addHelpText('after', '\nExample:\n  $ rookery up --agents 12 --pools web,api --port 8000')
    .action(
      action(cli, async (invocation, options: Options) => {
        if (options.once && !options.example) throw new RookeryError('USAGE', '--once needs the example app')
        const plan = planFlock({
          agents: options.agents,
          pools: options.pools.split(',').map((pool) => pool.trim()),
          directory: resolve(options.data),
          port: options.port,
        })
        return runFlock(ownInvocation(invocation, plan), plan, options)
      }),
    )
}

/** The flock's own coordinator, whatever the caller's environment names. */
function ownInvocation(invocation: Invocation, { coordinatorUrl }: FlockPlan): Invocation {
  const { npm_lifecycle_event: npmScript } = invocation.cli.environment
  const name = npmScript === undefined ? 'rookery' : 'npx rookery'
  const program = coordinatorUrl === defaultCoordinatorUrl ? name : `${name} --coordinator ${coordinatorUrl}`
  return { ...invocation, program }
}

/** The same, as the admin of the flock; what it proposes names the token where it would not be found. */
function adminInvocation(invocation: Invocation, { plan, token, isFound }: Admin): Invocation {
  const program = isFound ? invocation.program : `${invocation.program} --token-file ${adminTokenFile(plan)}`
  return { ...invocation, api: new ApiClient({ url: plan.coordinatorUrl, token }), program }
}

async function runFlock(invocation: Invocation, plan: FlockPlan, options: Options): Promise<number> {
  const { cli, clock, output } = invocation
  const stopped = new AbortController()
  const release = cli.onStopSignal(() => stopped.abort())
  const report = (text: string) => output.note(`! ${text}`)
  const flock = new Flock(plan, { clock, report })
  let credential: OwnCredential | undefined
  const keepCredential = async (token: string) => {
    credential = await keepOwnCredential(plan, token, { cli, report })
    return credential.isFound
  }
  const failed = flock.failed.then((error) => Promise.reject(error))
  const interrupted = new Promise<void>((onAbort) => stopped.signal.addEventListener('abort', () => onAbort()))
  try {
    const isDone = await Promise.race([
      startAndDeploy(invocation, flock, options, keepCredential, stopped.signal),
      failed,
    ])
    if (options.once && isDone) return exitCodes.done
    if (isDone) await Promise.race([interrupted, failed])
    return isDone ? exitCodes.done : interruptedExitCode
  } catch (error) {
    if (stopped.signal.aborted) return interruptedExitCode
    throw error
  } finally {
    stopped.abort()
    if (!options.once) output.note('stopping the flock')
    await credential?.remove()
    await flock.stop()
    release()
  }
}

async function startAndDeploy(
  anonymous: Invocation,
  flock: Flock,
  options: Options,
  keepCredential: (token: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock, output } = anonymous
  const startMs = clock.monotonicMs()
  if (!output.json)
    output.line(
      `starting coordinator, tracker, seeder and ${plural(options.agents, 'agent')} in ${flock.plan.directory}`,
    )
  await flock.start(signal)
  const token = await adminToken(flock.plan)
  const admin = { plan: flock.plan, token, isFound: await keepCredential(token) }
  const invocation = adminInvocation(anonymous, admin)
  await agentsConnected(invocation, flock.plan, signal)
  const tookMs = Math.round(clock.monotonicMs() - startMs)
  if (output.json)
    output.object({ event: 'started', url: flock.plan.coordinatorUrl, hosts: flock.plan.hosts.length, tookMs })
  else
    output.line(
      output.style('green', `✓ ${plural(flock.plan.hosts.length, 'host')} connected after ${formatDuration(tookMs)}`),
    )

  if (options.example && !(await walkExample(invocation, flock.plan, signal))) return false
  tellNext(invocation, admin, options, clock.monotonicMs() - startMs)
  return true
}

async function agentsConnected({ api, clock }: Invocation, plan: FlockPlan, signal: AbortSignal): Promise<void> {
  const names = new Set(plan.hosts.map((host) => host.name))
  const untilMs = clock.monotonicMs() + connectDeadlineMs
  for (;;) {
    const hosts = await api.listHosts()
    for (const host of hosts) if (host.connected) names.delete(host.name)
    if (names.size === 0) return forgetOthers(api, hosts, plan)
    if (clock.monotonicMs() > untilMs) {
      throw new RookeryError(
        'UNAVAILABLE',
        `not connected after ${connectDeadlineMs / 1000} s: ${[...names].join(', ')}`,
      )
    }
    await sleep(clock, connectPollMs, signal)
  }
}

/** Hosts that an earlier flock in the same directory had: they would be reported as away for ever. */
async function forgetOthers(api: ApiClient, hosts: readonly Host[], plan: FlockPlan): Promise<void> {
  const planned = new Set(plan.hosts.map((host) => host.name))
  const others = hosts.filter((host) => !planned.has(host.name))
  await Promise.all(others.map((host) => api.forgetHost(host.name)))
}

function tellNext({ output, program }: Invocation, { plan, token }: Admin, options: Options, tookMs: number): void {
  if (output.json)
    return output.object({
      ...{ event: 'up', url: plan.coordinatorUrl, tokenFile: adminTokenFile(plan), tookMs: Math.round(tookMs) },
    })
  output.line()
  if (options.once) return output.line(output.style('green', `✓ all done after ${formatDuration(tookMs)}`))
  output.line(output.style('green', `✓ the flock is up after ${formatDuration(tookMs)}`))
  // What stands behind # is for the page alone: it is never sent, and so in no log.
  output.line(`  dashboard    ${plan.coordinatorUrl}/#token=${token}`)
  if (options.example) output.line(`  the app      curl ${plan.hosts[0]?.appUrl}/version`)
  output.line('  in another terminal:')
  const commands = options.example
    ? ['host list', 'rollout list', 'deploy hello --rev HEAD~1', 'logs -f --stream app.stdout', 'counters']
    : ['host list', 'app add NAME --git URL', 'deploy NAME']
  for (const command of commands) output.line(`    ${program} ${command}`)
  output.line('  Ctrl-C stops everything.')
}
