import { shuffled } from '../../runtime/random.ts'
import { addressOf, type NodeOptions, type SimulatedPeer, Simulation, type SimulationOptions } from './simulation.ts'

/** 20 Mbit/s: of every host, each way. */
export const bytesPerSecond = 2_500_000
export const fleetHost: NodeOptions = { uplinkBytesPerSecond: bytesPerSecond, downlinkBytesPerSecond: bytesPerSecond }

/** One seeder and its fleet; each host begins with nothing. */
export interface Fleet {
  readonly simulation: Simulation
  readonly seeder: SimulatedPeer
  readonly hosts: readonly SimulatedPeer[]
}

/** Hosts in a net of 20 Mbit/s each way and pieces of 128 KiB. What an option says of a host is asked by its index. */
export function createFleet(
  count: number,
  simulationOptions: SimulationOptions,
  options: { readonly of?: (index: number) => NodeOptions; readonly seeder?: NodeOptions } = {},
): Fleet {
  const simulation = new Simulation({
    pieceLengthBytes: 128 * 1024,
    latencyMs: 0.5,
    isLight: true,
    ...simulationOptions,
  })
  const seeder = simulation.add('seeder', {
    ...fleetHost,
    holds: 'all',
    peerIdPrefix: '-RS0100-',
    limits: { maxPeers: 100 },
    ...options.seeder,
  })
  const hosts = Array.from({ length: count }, (_, index) =>
    simulation.add(`host${index}`, { ...fleetHost, ...options.of?.(index) }),
  )
  return { simulation, seeder, hosts }
}

/** The hosts find each other, each dialling half of `neighbours`, or all; then the seeder appears. Returns when. */
export function appear({ simulation, seeder, hosts }: Fleet, neighbours = hosts.length): number {
  for (const host of hosts) {
    const some = shuffled(hosts, simulation.random).filter((other) => other !== host)
    const isSmall = neighbours >= hosts.length
    host.input({ type: 'peersFound', addresses: some.slice(0, isSmall ? some.length : neighbours / 2).map(addressOf) })
  }
  simulation.runFor(1_000)
  const some = shuffled(hosts, simulation.random).slice(0, 100)
  seeder.input({ type: 'peersFound', addresses: some.map(addressOf) })
  return simulation.nowMs
}

/** Runs until all of them are done; counts each as it is. */
export function runUntilDone(simulation: Simulation, hosts: readonly SimulatedPeer[], deadlineMs?: number): void {
  let done = 0
  simulation.run(() => {
    while (done < hosts.length && hosts[done]!.completedMs !== undefined) done++
    return done === hosts.length
  }, deadlineMs)
}

/** When the last of so many hosts of that rate is done at best, in ms (Mundinger, Weber, Weiss). */
export function boundMs({ simulation, hosts }: Fleet, rate = bytesPerSecond): number {
  const { totalBytes, pieceLengthBytes } = simulation.size
  return ((totalBytes + Math.floor(Math.log2(hosts.length)) * pieceLengthBytes) * 1000) / rate
}

/** Times of these hosts, ÷ bound, the earliest first. */
export function ratios(fleet: Fleet, startMs: number, hosts = fleet.hosts): number[] {
  const bound = boundMs(fleet)
  return hosts.map(({ completedMs }) => (completedMs! - startMs) / bound).sort((a, b) => a - b)
}

/** Bytes that came twice, as a share of what was needed. */
export function wasteShare({ simulation, hosts }: Fleet): number {
  const wasted = hosts.reduce((sum, { engine }) => sum + engine.counters.bytesWasted, 0)
  return wasted / (hosts.length * simulation.size.totalBytes)
}
