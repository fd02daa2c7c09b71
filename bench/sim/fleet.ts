import { setImmediate as otherWork } from 'node:timers/promises'
import { type Random, seededRandom, shuffled } from '../../runtime/random.ts'
import { defaultLimits } from '../../swarm/engine/limits.ts'
import { blockLengthBytes } from '../../swarm/identifiers.ts'
import { addressOf, type SimulatedPeer, Simulation } from '../../test/sim/simulation.ts'
import { progress } from '../harness/interruption.ts'
import { boundMs, type SimScenario, scaleOf } from './options.ts'

/** Peers of the seeder: more than a host's, since all begins there. */
const seederPeers = 100
/** The fetchers have this long to find each other. */
const settleMs = 3_000
/** Nothing takes so many times the bound, slow hosts and links apart. */
const patience = 10
/** Events between two looks at the clock on the wall. */
const sliceEvents = 20_000
const progressMs = 5_000
/** When the memory is measured, as shares of the bound: while all is under way. */
const memoryMoments = [0.3, 0.6, 0.9]

/** One seeder and its hosts in the simulator, and what was counted. */
export class Fleet {
  readonly simulation: Simulation
  readonly seeder: SimulatedPeer
  readonly hosts: readonly SimulatedPeer[]
  readonly boundMs: number
  /** When the seeder appeared. */
  startMs = 0
  /** Bytes of heap and buffers a host takes, with its connections, links and what is under way; 0 if nobody measured. */
  bytesPerHost = 0
  readonly #scenario: SimScenario
  readonly #random: Random
  readonly #emptyBytes: number
  #finished = 0

  constructor(hosts: number, scenario: SimScenario) {
    this.#emptyBytes = usedBytes()
    this.#scenario = scenario
    this.#random = seededRandom(scenario.seed)
    this.boundMs = boundMs(hosts, scenario)
    const { pieces, blocks, latencyMs, zones } = scenario
    this.simulation = new Simulation({
      seed: scenario.seed,
      pieceCount: pieces,
      pieceLengthBytes: blocks * blockLengthBytes,
      latencyMs,
      isLight: true,
      zoneBytesPerSecond: zones > 1 ? this.#scaled(scenario.zoneRateMB) : undefined,
    })
    this.seeder = this.#add('seeder', 1, 0, seederPeers)
    const slow = Math.round(hosts * scenario.slowHosts)
    const isSlow = shuffled([...new Array(hosts).keys()], this.#random).map((rank) => rank < slow)
    const maxPeers = Math.max(defaultLimits.maxPeers, Math.ceil(1.25 * scenario.neighbours))
    this.hosts = isSlow.map((slowOne, index) =>
      this.#add(`${slowOne ? 'slow' : 'host'}${index}`, slowOne ? scenario.slowFactor : 1, index, maxPeers),
    )
  }

  isSlow({ name }: SimulatedPeer): boolean {
    return name.startsWith('slow')
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#introduce()
    await this.#advance(this.simulation.nowMs + settleMs, () => false, signal)
    this.startMs = this.simulation.nowMs
    this.seeder.input({ type: 'peersFound', addresses: this.#some(seederPeers).map(addressOf) })
    this.#planDeaths()
    for (const share of memoryMoments) {
      await this.#advance(this.startMs + share * this.boundMs, () => this.#areAllDone(), signal)
      this.#measureMemory()
    }
    const { slowHosts, slowFactor, zones, zoneRateMB, rateMB } = this.#scenario
    const slowest = Math.max(slowHosts > 0 ? slowFactor : 1, zones > 1 ? rateMB / zoneRateMB : 1)
    await this.#advance(this.startMs + patience * slowest * this.boundMs, () => this.#areAllDone(), signal)
  }

  /** Like a tracker's handout; where there are few, all know each other. */
  #introduce(): void {
    const { neighbours } = this.#scenario
    const isSmall = this.hosts.length <= neighbours
    for (const host of this.hosts) {
      const others = isSmall ? this.hosts : this.#some(Math.ceil(neighbours / 2))
      host.input({ type: 'peersFound', addresses: others.filter((other) => other !== host).map(addressOf) })
    }
  }

  #planDeaths(): void {
    const lost = Math.round(this.#scenario.lostHosts * this.hosts.length)
    for (const host of this.#some(lost)) this.simulation.after(this.#random.next() * this.boundMs, () => host.kill())
  }

  #some(count: number): SimulatedPeer[] {
    const chosen = new Set<SimulatedPeer>()
    while (chosen.size < Math.min(count, this.hosts.length))
      chosen.add(this.hosts[this.#random.below(this.hosts.length)]!)
    return [...chosen]
  }

  #add(name: string, factor: number, index: number, maxPeers: number): SimulatedPeer {
    const { diskMs, zones } = this.#scenario
    const bytesPerSecond = this.#scaled(this.#scenario.rateMB) / factor
    return this.simulation.add(name, {
      holds: name === 'seeder' ? 'all' : 'none',
      peerIdPrefix: name === 'seeder' ? '-RS0100-' : undefined,
      uplinkBytesPerSecond: bytesPerSecond,
      downlinkBytesPerSecond: bytesPerSecond,
      diskMs,
      zone: zones > 1 ? `zone${index % zones}` : undefined,
      limits: { maxPeers, ...this.#bytesLimits() },
    })
  }

  /** In bytes a second. */
  #scaled(rateMB: number): number {
    return rateMB * 1e6 * scaleOf(this.#scenario)
  }

  /** What is limited in bytes is so in pieces, as near as whole blocks allow. */
  #bytesLimits() {
    const scale = scaleOf(this.#scenario)
    const { maxIncomingBytes, maxBytesInFlight, maxBytesInFlightPerPeer } = defaultLimits
    const perPeer = Math.max(blockLengthBytes, maxBytesInFlightPerPeer * scale)
    return {
      maxIncomingBytes: maxIncomingBytes * scale,
      maxBytesInFlightPerPeer: perPeer,
      maxBytesInFlight: (perPeer * maxBytesInFlight) / maxBytesInFlightPerPeer,
    }
  }

  /** Runs to that simulated time or until all is done, letting the process see signals. */
  async #advance(untilMs: number, isDone: () => boolean, signal: AbortSignal): Promise<void> {
    let told = Date.now()
    while (this.simulation.advance(untilMs, sliceEvents, isDone)) {
      await otherWork()
      signal.throwIfAborted()
      if (Date.now() - told < progressMs) continue
      told = Date.now()
      const share = (this.simulation.nowMs - this.startMs) / this.boundMs
      const held = this.hosts.reduce((sum, { engine }) => sum + engine.held.count, 0)
      const heldShare = held / this.hosts.length / this.#scenario.pieces
      progress(
        `${this.hosts.length} hosts: ${(heldShare * 100).toFixed(1)} % of the bytes at ${share.toFixed(2)} of the bound, ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
      )
    }
  }

  /** Hosts finish in about any order; each is looked at until it is done or dead, and then never again. */
  #areAllDone(): boolean {
    for (; this.#finished < this.hosts.length; this.#finished++) {
      const { isUp, completedMs } = this.hosts[this.#finished]!
      if (isUp && completedMs === undefined) return false
    }
    return true
  }

  #measureMemory(): void {
    const perHost = (usedBytes() - this.#emptyBytes) / this.hosts.length
    if (globalThis.gc) this.bytesPerHost = Math.max(this.bytesPerHost, perHost)
  }
}

function usedBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
