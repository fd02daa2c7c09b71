/**
 * `npm run bench:flock`: how close the last of N hosts comes to the bound, of Rookery and of others in the same net.
 * bench/README.md tells what is measured; `--help` the options.
 */
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { installed } from './clients/clients.ts'
import { Network, removeNamespaces } from './flock/network.ts'
import { planNetwork } from './flock/network-plan.ts'
import { type FlockOptions, parseOptions, scenarioOf } from './flock/options.ts'
import { measureRate } from './flock/rate-check.ts'
import { type FlockResult, formatFlock } from './flock/report.ts'
import { Round, trackerPort } from './flock/round.ts'
import { boundSeconds, summarize } from './flock/summary.ts'
import { makeArtifact } from './harness/artifact.ts'
import { machine } from './harness/cpu.ts'
import { interruptible, progress } from './harness/interruption.ts'
import { lockBenches } from './harness/lock.ts'
import { saveResult } from './harness/results.ts'

async function checkMachine({ hosts, sizeBytes, directory }: FlockOptions): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('network namespaces need Linux and root: run it with sudo')
  const { bavail, bsize } = await statfs(directory)
  const neededBytes = (hosts + 1) * sizeBytes * 1.1
  if (bavail * bsize < neededBytes)
    throw new Error(
      `${directory} has ${Math.floor((bavail * bsize) / 2 ** 20)} MiB of the ${Math.ceil(neededBytes / 2 ** 20)} needed; give another --directory`,
    )
}

async function measure(options: FlockOptions, work: string, signal: AbortSignal): Promise<FlockResult> {
  const { clients, skipped } = installed(options.clients)
  const plan = planNetwork(options)
  const artifact = await makeArtifact(
    { ...options, directory: work, tracker: `http://${plan.tracker.address}:${trackerPort}/announce` },
    signal,
  )
  const bound = boundSeconds(options)
  const deadlineMs = Math.ceil((options.deadlineSeconds ?? Math.max(60, 15 * bound)) * 1000)
  const tcpMbit: { plain?: number; link?: number } = {}
  const rounds: FlockResult['rounds'][number][] = []
  for (const client of Array.from({ length: options.runs }, () => clients).flat()) {
    const network = new Network(plan, options)
    const directory = await mkdtemp(join(work, 'round-'))
    try {
      await network.setUp(signal)
      if (tcpMbit.plain === undefined) {
        const near = [plan.seeder, plan.fetchers.find((host) => !host.isSlow)!] as const
        tcpMbit.plain = (await measureRate(network, near, options.rateMbit * 1e6, signal)) / 1e6
        progress(`plain TCP between two hosts: ${tcpMbit.plain.toFixed(1)} of ${options.rateMbit} Mbit/s`)
      }
      if (options.zones === 2 && tcpMbit.link === undefined) {
        const far = [plan.seeder, plan.fetchers.findLast((host) => !host.isSlow)!] as const
        tcpMbit.link =
          (await measureRate(network, far, Math.min(options.linkMbit, options.rateMbit) * 1e6, signal)) / 1e6
        progress(`plain TCP across the link: ${tcpMbit.link.toFixed(1)} of ${options.linkMbit} Mbit/s`)
      }
      progress(`${client.name} ${client.version}: ${options.hosts} hosts, bound ${bound.toFixed(1)} s`)
      const round = new Round(client.client, network, artifact, directory)
      const summary = summarize(await round.run(options.settleSeconds * 1000, deadlineMs, signal), options)
      rounds.push({ client: client.name, version: client.version, ...summary })
      const { all, cpu } = summary
      progress(
        `${client.name}: ${all.done} of ${all.hosts} done, last ÷ bound ${summary.maxOverBound?.toFixed(2) ?? '–'}, CPU idle ${(cpu.idleShare * 100).toFixed(0)} %, other programs ${(cpu.foreignShare * 100).toFixed(0)} %`,
      )
    } finally {
      await removeNamespaces()
      await rm(directory, { recursive: true, force: true })
    }
  }
  return {
    kind: 'flock',
    measuredAt: new Date().toISOString().slice(0, 10),
    machine: machine(),
    scenario: scenarioOf(options),
    boundSeconds: bound,
    plainTcpMbit: tcpMbit.plain ?? 0,
    linkTcpMbit: tcpMbit.link ?? null,
    rounds,
    skipped,
  }
}

await interruptible(async (signal) => {
  const options = parseOptions(process.argv.slice(2))
  await checkMachine(options)
  const lock = lockBenches()
  const work = join(options.directory, 'rookery-bench-flock')
  try {
    // What a run that was killed has left: the lock tells that none goes on.
    await removeNamespaces()
    await rm(work, { recursive: true, force: true })
    await mkdir(work)
    const result = await measure(options, work, signal)
    console.log(options.json ? JSON.stringify(result) : formatFlock(result))
    if (options.save) await saveResult(options.save, result)
  } finally {
    await rm(work, { recursive: true, force: true })
    lock.release()
  }
})
