/**
 * `npm run bench:rollout`: a real coordinator, tracker and seeder, and simulated agents on real sessions. Prints what a
 * rollout takes beyond its hosts' own restarts, for each batch, and how long planning takes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { stringify } from 'yaml'
import type { Rollout } from '../proto/http/api.ts'
import { eventually } from '../test/support/eventually.ts'
import { Flock } from '../test/support/flock.ts'
import { lockBenches } from './harness/lock.ts'
import { parseCount } from './harness/quantity.ts'
import { SimulatedAgent } from './rollout/simulated-agent.ts'

interface Options {
  readonly agents: number
  readonly restartMs: number
  readonly maxUnavailable: string
}

/** Shares of the agents: large and small pools, as fleets have them. */
const shares = { web: 0.6, api: 0.25, jobs: 0.1, cache: 0.05 }
const previews = 9

const options = new Command('npm run bench:rollout --')
  .option('--agents <count>', 'simulated, each on a session of its own', parseCount, 1_000)
  .option('--restart-ms <ms>', 'from the order to activate until the app is ready', parseCount, 500)
  .option('--max-unavailable <share>', 'of each pool at once', '10%')
  .parse()
  .opts<Options>()

const flock = new Flock({ pools: {}, coordinator: { agents: { heartbeatMs: 5_000 } } })
const agents: SimulatedAgent[] = []
/** Restarts of the rollout under way: how many, the first beginning and the last end (performance.now(), ms). */
let restarts = { ready: 0, firstMs: 0, lastMs: 0 }

function onRestart(what: 'begun' | 'ready'): void {
  const nowMs = performance.now()
  if (what === 'begun') restarts.firstMs ||= nowMs
  else restarts = { ...restarts, ready: restarts.ready + 1, lastMs: nowMs }
}

async function connectAll(): Promise<void> {
  for (const [pool, share] of Object.entries(shares))
    for (let index = 0; index < Math.round(options.agents * share); index++) {
      const { restartMs } = options
      const agent = new SimulatedAgent({ url: flock.url, host: `${pool}-${index}`, pool, restartMs, onRestart })
      agents.push(agent)
      await agent.connect()
    }
}

/** The app's next version; its policy moves as many hosts at once as the options say. */
function writeApp(version: string): string {
  const directory = join(flock.directory, 'app')
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'version'), version)
  const rollout = { maxUnavailable: options.maxUnavailable }
  writeFileSync(join(directory, 'rookery.yml'), stringify({ app: 'sample', deploy: { path: '/srv/sample' }, rollout }))
  return directory
}

async function deploy(version: string): Promise<Rollout> {
  writeApp(version)
  restarts = { ready: 0, firstMs: 0, lastMs: 0 }
  const id = await flock.deploy({ app: 'sample' })
  // Asked only at the end: a rollout of a thousand hosts is long to tell, and this is not to be measured.
  await eventually('every host restarted', () => restarts.ready === agents.length, 600_000)
  const rollout = await flock.ended(id)
  if (rollout.phase !== 'done') throw new Error(`the rollout is ${rollout.phase}: ${rollout.reason}`)
  return rollout
}

/** What planning takes at most: a whole call of the API, in ms; the median of some. */
async function planMs(releaseId: string): Promise<number> {
  const took: number[] = []
  for (let call = 0; call < previews; call++) {
    const startMs = performance.now()
    await flock.api('POST', '/rollouts/preview', { app: 'sample', releaseId, seed: call })
    took.push(performance.now() - startMs)
  }
  return took.sort((a, b) => a - b)[Math.floor(previews / 2)]!
}

function report(rollout: Rollout, previewMs: number): void {
  const batches = rollout.batches.length
  const activatedMs = restarts.lastMs - restarts.firstMs
  const ownMs = batches * options.restartMs
  const lostMs = (activatedMs - ownMs) / batches
  console.log(`${rollout.hosts.length} hosts in ${batches} batches, each restart ${options.restartMs} ms`)
  console.log(`plan: ${previewMs.toFixed(0)} ms (a whole call of /rollouts/preview, median of ${previews})`)
  console.log(
    `restarts: ${activatedMs.toFixed(0)} ms, of which the batches' own ${ownMs}; lost for each batch: ${lostMs.toFixed(0)} ms`,
  )
}

const lock = lockBenches()
try {
  await flock.start()
  await connectAll()
  await eventually('all agents connected', async () => {
    const hosts = await flock.api<{ connected: boolean }[]>('GET', '/hosts')
    return hosts.filter(({ connected }) => connected).length === agents.length
  })
  await flock.api('PUT', '/apps/sample', { source: { directory: writeApp('one') } })
  const first = await deploy('one')
  const previewMs = await planMs(first.releaseId!)
  report(await deploy('two'), previewMs)
} finally {
  for (const agent of agents) agent.close()
  await flock.stop()
  lock.release()
}
