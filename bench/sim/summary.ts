import type { SimulatedPeer } from '../../test/sim/simulation.ts'
import { percentile } from '../harness/quantity.ts'
import type { Fleet } from './fleet.ts'

/** Times of a group of hosts ÷ bound; null when so many were not done. Those that died are not counted. */
interface Ratios {
  readonly hosts: number
  readonly done: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** What one fleet did; a row of the result. */
export interface SimRow {
  readonly hosts: number
  readonly boundSeconds: number
  readonly fast: Ratios
  readonly slow: Ratios
  readonly lost: number
  /** Bytes that came twice, as a share of what the fleet needs. */
  readonly wasteShare: number
  /** Artifact copies that left the seeder, and that came into each zone from others. */
  readonly seederCopies: number
  readonly zoneCopies: readonly number[]
  /** All but blocks, sent by hosts and seeder, ÷ pieces ÷ hosts. */
  readonly messages: number
  readonly stateBytesPerHost: number
  /** Most connections of one host at once: the mean over the hosts, and the greatest. */
  readonly connections: { readonly mean: number; readonly most: number }
  readonly wallSeconds: number
}

export function summarize(fleet: Fleet, zones: number, wallSeconds: number): SimRow {
  const { simulation, hosts, seeder } = fleet
  const { totalBytes, pieceCount } = simulation.size
  const living = hosts.filter(({ isUp }) => isUp)
  const peers = hosts.map(({ engine }) => engine.counters.mostPeers)
  const wasted = hosts.reduce((sum, { engine }) => sum + engine.counters.bytesWasted, 0)
  return {
    hosts: hosts.length,
    boundSeconds: fleet.boundMs / 1000,
    fast: ratios(
      fleet,
      living.filter((host) => !fleet.isSlow(host)),
    ),
    slow: ratios(
      fleet,
      living.filter((host) => fleet.isSlow(host)),
    ),
    lost: hosts.length - living.length,
    wasteShare: wasted / (hosts.length * totalBytes),
    seederCopies: seeder.uplink.bytesCarried / totalBytes,
    zoneCopies: zones === 1 ? [] : Array.from({ length: zones }, (_, zone) => copiesInto(fleet, `zone${zone}`)),
    messages: simulation.messagesSent / pieceCount / hosts.length,
    stateBytesPerHost: fleet.bytesPerHost,
    connections: { mean: peers.reduce((sum, count) => sum + count, 0) / peers.length, most: Math.max(...peers) },
    wallSeconds,
  }
}

function ratios({ startMs, boundMs }: Fleet, hosts: readonly SimulatedPeer[]): Ratios {
  const times = hosts.map(({ completedMs = Number.POSITIVE_INFINITY }) => (completedMs - startMs) / boundMs)
  const at = (percent: number) => {
    const value = times.length === 0 ? Number.POSITIVE_INFINITY : percentile(times, percent)
    return Number.isFinite(value) ? value : null
  }
  return { hosts: times.length, done: times.filter(Number.isFinite).length, p50: at(50), p99: at(99), max: at(100) }
}

function copiesInto({ simulation }: Fleet, zone: string): number {
  const carried = [...simulation.zoneLinks].filter(([name]) => name.endsWith(` ${zone}`))
  return carried.reduce((sum, [, link]) => sum + link.bytesCarried, 0) / simulation.size.totalBytes
}
