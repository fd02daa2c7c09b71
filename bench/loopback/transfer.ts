import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchClient, PeerCertificate } from '../clients/client.ts'
import { type Artifact, holds } from '../harness/artifact.ts'
import { Child } from '../harness/child.ts'
import { type CpuUse, CpuWatch, processCpuSeconds } from '../harness/cpu.ts'

export interface Side {
  /** User and system, children that were waited for included; the fetcher's from its start, the seeder's while it sent. */
  readonly cpuSeconds: number
  /** Most resident memory (VmHWM). */
  readonly peakBytes: number
}

export interface Transfer {
  /** From adding the torrent to having it verified, by the client's own clock: starting Node or Python is not in it. */
  readonly seconds: number
  readonly seeder: Side
  readonly fetcher: Side
  readonly isWhole: boolean
  /** Until the fetcher was done. */
  readonly cpu: CpuUse
}

interface Ports {
  readonly seeder: number
  readonly fetcher: number
}

/** One side's certificate each; undefined for a plain transfer. */
export type Certificates = Readonly<Record<'seeder' | 'fetcher', PeerCertificate>> | undefined

/** No client here is slower than this, in bytes/s, unless it has come to a stop; and what a start takes at most. */
const leastRate = 20 * 2 ** 20
const startMs = 60_000

/**
 * One transfer; what it wrote is removed. `isKnown` resolves once the tracker knows the seeder.
 * @throws {Error} when a client ends early or does not get on; the signal's reason when it is aborted.
 */
export async function transfer(
  client: BenchClient,
  artifact: Artifact & { readonly sizeBytes: number },
  { ports, certificates }: { readonly ports: Ports; readonly certificates: Certificates },
  isKnown: () => Promise<void>,
  signal: AbortSignal,
): Promise<Transfer> {
  const limit = AbortSignal.any([
    signal,
    AbortSignal.timeout(startMs + Math.ceil((artifact.sizeBytes * 1000) / leastRate)),
  ])
  const source = dirname(artifact.path)
  const directory = await mkdtemp(join(source, 'fetch-'))
  const children: Child[] = []
  const start = (role: string, command: ConstructorParameters<typeof Child>[1]) => {
    const child = new Child(`${client.name} ${role}`, command)
    children.push(child)
    return child
  }
  try {
    // What earlier transfers wrote must not be on its way to the disk during this one.
    await promisify(execFile)('sync')
    const { torrent, fileName } = artifact
    const seeder = start(
      'seeder',
      client.seed({ torrent, fileName, directory: source, port: ports.seeder, tls: certificates?.seeder }),
    )
    await seeder.printed(client.isSeeding, limit)
    await isKnown()
    const cpu = new CpuWatch(() => children.map((child) => child.pid))
    const before = processCpuSeconds(seeder.pid)
    const peer = `127.0.0.1:${ports.seeder}`
    const setting = { torrent, fileName, directory, port: ports.fetcher, peer, tls: certificates?.fetcher }
    const fetcher = start('fetcher', client.fetch(setting))
    let seconds = 0
    await fetcher.printed((line) => {
      if (!client.isDone(line)) return false
      seconds = (JSON.parse(line) as { seconds: number }).seconds
      return true
    }, limit)
    const used = cpu.stop()
    const [sent, fetched] = [await sideOf(seeder), await sideOf(fetcher)]
    await Promise.all(children.map((child) => child.kill()))
    return {
      seconds,
      seeder: { ...sent, cpuSeconds: sent.cpuSeconds - before },
      fetcher: fetched,
      isWhole: await holds(directory, artifact),
      cpu: used,
    }
  } finally {
    await Promise.all(children.map((child) => child.kill()))
    await rm(directory, { recursive: true, force: true })
  }
}

async function sideOf({ pid }: Child): Promise<Side> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1')
  const peakBytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
  return { cpuSeconds: processCpuSeconds(pid), peakBytes }
}
