import type { CpuUse } from '../harness/cpu.ts'
import { percentile } from '../harness/quantity.ts'
import type { FlockOptions, Scenario } from './options.ts'
import type { HostResult, RoundResult } from './round.ts'

/** Seconds that no schedule can beat: (1 + ⌊log2 N⌋ / M) · F / C (Mundinger, Weber, Weiss 2008). */
export function boundSeconds({ hosts, sizeBytes, pieceLengthBytes, rateMbit }: Scenario): number {
  const pieces = Math.ceil(sizeBytes / pieceLengthBytes)
  return ((1 + Math.floor(Math.log2(hosts)) / pieces) * sizeBytes * 8) / (rateMbit * 1e6)
}

export interface Times {
  readonly hosts: number
  /** Fewer than `hosts` when the deadline passed first; `max` is null then. */
  readonly done: number
  readonly first: number | null
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface Summary {
  readonly all: Times
  readonly fast: Times
  readonly slow: Times
  readonly zones: readonly Times[]
  readonly maxOverBound: number | null
  readonly fastMaxOverBound: number | null
  readonly wholeFiles: number
  readonly cpu: CpuUse
  /** Artifact copies that left the seeder, that each fetcher received, and that crossed the link each way. */
  readonly seederCopies: number
  readonly receivedCopies: number
  readonly linkCopies: readonly [number, number]
}

export function summarize(round: RoundResult, options: FlockOptions): Summary {
  const { hosts, seederBytes, receivedBytes, linkBytes } = round
  const { sizeBytes } = options
  const bound = boundSeconds(options)
  const all = timesOf(hosts)
  const fast = timesOf(hosts.filter((host) => !host.isSlow))
  const zones = Array.from({ length: options.zones }, (_, zone) => timesOf(hosts.filter((host) => host.zone === zone)))
  return {
    all,
    fast,
    slow: timesOf(hosts.filter((host) => host.isSlow)),
    zones,
    maxOverBound: all.max === null ? null : all.max / bound,
    fastMaxOverBound: fast.max === null ? null : fast.max / bound,
    wholeFiles: hosts.filter((host) => host.isWhole).length,
    cpu: round.cpu,
    seederCopies: seederBytes / sizeBytes,
    receivedCopies: receivedBytes / sizeBytes / hosts.length,
    linkCopies: [linkBytes[0] / sizeBytes, linkBytes[1] / sizeBytes],
  }
}

/** A percentile counts hosts that were not done as later than all others. */
function timesOf(hosts: readonly HostResult[]): Times {
  const seconds = hosts.map((host) => host.seconds ?? Number.POSITIVE_INFINITY)
  const at = (percent: number) => {
    const value = hosts.length === 0 ? Number.POSITIVE_INFINITY : percentile(seconds, percent)
    return Number.isFinite(value) ? value : null
  }
  const done = hosts.filter((host) => host.seconds !== null).length
  return { hosts: hosts.length, done, first: at(0), p50: at(50), p99: at(99), max: at(100) }
}
