import { link, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BenchClient } from '../clients/client.ts'
import { type Artifact, holds } from '../harness/artifact.ts'
import { Child } from '../harness/child.ts'
import { type CpuUse, CpuWatch } from '../harness/cpu.ts'
import { isTrackerReady, trackerCommand } from '../harness/tracker.ts'
import type { Network } from './network.ts'
import type { PlannedHost } from './network-plan.ts'

export interface HostResult {
  readonly name: string
  readonly zone: number
  readonly isSlow: boolean
  /** From the seeder's appearance to the verified artifact; null when it was not done by the deadline. */
  readonly seconds: number | null
  /** The file on its disk is the artifact. */
  readonly isWhole: boolean
}

export interface RoundResult {
  readonly hosts: readonly HostResult[]
  readonly cpu: CpuUse
  /** Bytes the seeder's interface sent. */
  readonly seederBytes: number
  /** Bytes all fetchers' interfaces received. */
  readonly receivedBytes: number
  /** Bytes across the link between the zones: away from the seeder's, and towards it. */
  readonly linkBytes: readonly [number, number]
}

const peerPort = 6881
export const trackerPort = 6969
/** The tracker and the seeder are there within this; 33 processes start on few processors. */
const startMs = 30_000

/** One client's round in a net that is set up: fetchers, then the seeder, then every fetcher's time. */
export class Round {
  readonly #client: BenchClient
  readonly #network: Network
  readonly #artifact: Artifact
  readonly #directory: string
  readonly #children: Child[] = []

  /** @param directory - empty; for everything the round writes. */
  constructor(client: BenchClient, network: Network, artifact: Artifact, directory: string) {
    this.#client = client
    this.#network = network
    this.#artifact = artifact
    this.#directory = directory
  }

  async run(settleMs: number, deadlineMs: number, signal: AbortSignal): Promise<RoundResult> {
    const { seeder, fetchers } = this.#network.plan
    try {
      await this.#startTracker(signal)
      const peers = await Promise.all(fetchers.map(async (host) => ({ host, child: await this.#startFetcher(host) })))
      await delay(settleMs, undefined, { signal })
      const before = await this.#network.traffic()
      const cpu = new CpuWatch(() => this.#children.map((child) => child.pid))
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
      const done = peers.map(({ child }) => child.printed(this.#client.isDone, deadline).catch(() => null))
      const appearedMs = await this.#startSeeder(seeder, AbortSignal.any([signal, AbortSignal.timeout(startMs)]))
      const ends = await Promise.all(done)
      signal.throwIfAborted()
      const used = cpu.stop()
      const after = await this.#network.traffic()
      const hosts = await Promise.all(
        fetchers.map(async (host, index) => {
          const { name, zone, isSlow } = host
          const endMs = ends[index] ?? null
          const isWhole = endMs !== null && (await holds(this.#directoryOf(host), this.#artifact))
          return { name, zone, isSlow, seconds: endMs === null ? null : (endMs - appearedMs) / 1000, isWhole }
        }),
      )
      const sent = (port: string) => after(port).sentBytes - before(port).sentBytes
      const received = (port: string) => after(port).receivedBytes - before(port).receivedBytes
      return {
        hosts,
        cpu: used,
        seederBytes: sent(seeder.port),
        receivedBytes: fetchers.reduce((sum, { port }) => sum + received(port), 0),
        linkBytes: [received('link-0'), received('link-1')],
      }
    } finally {
      await Promise.all(this.#children.map((child) => child.kill()))
    }
  }

  async #startTracker(signal: AbortSignal): Promise<void> {
    const { tracker } = this.#network.plan
    const command = await trackerCommand({
      ...{ directory: this.#directory, infoHash: this.#artifact.infoHash },
      ...{ host: tracker.address, port: trackerPort, controlPort: trackerPort + 1 },
    })
    await this.#start(tracker, command).printed(isTrackerReady, AbortSignal.any([signal, AbortSignal.timeout(startMs)]))
  }

  async #startFetcher(host: PlannedHost): Promise<Child> {
    const directory = this.#directoryOf(host)
    await mkdir(directory)
    return this.#start(host, this.#client.fetch(this.#setting(host, directory)))
  }

  /** @returns when it was there: it listens and has everything. */
  async #startSeeder(host: PlannedHost, signal: AbortSignal): Promise<number> {
    const directory = this.#directoryOf(host)
    await mkdir(directory)
    await link(this.#artifact.path, join(directory, this.#artifact.fileName))
    const child = this.#start(host, this.#client.seed(this.#setting(host, directory)))
    return child.printed(this.#client.isSeeding, signal)
  }

  #start(host: PlannedHost, command: Parameters<Network['on']>[1]): Child {
    const child = new Child(`${this.#client.name} on ${host.name}`, this.#network.on(host, command))
    this.#children.push(child)
    return child
  }

  #setting({ zone }: PlannedHost, directory: string) {
    const { torrent, fileName } = this.#artifact
    return { torrent, fileName, directory, port: peerPort, zone: `zone-${zone}` }
  }

  #directoryOf(host: PlannedHost): string {
    return join(this.#directory, host.name)
  }
}
