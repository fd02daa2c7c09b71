import type { ByteTotals, Efficiency } from '../../proto/http/api.ts'
import type { FetchTiming, FetchTotals } from '../rollout/state.ts'
import { lowerMedian, sum } from './statistics.ts'
import { judgeStragglers } from './stragglers.ts'

export interface HostFetch {
  readonly host: string
  readonly totals: FetchTotals
  /** Null when it had all of the artifact before. */
  readonly timing: FetchTiming | null
}

/** What a host took, in numbers that can be compared. */
export interface MeasuredFetch {
  readonly host: string
  readonly timing: FetchTiming
  /** From the order to fetch to the last byte verified. */
  readonly tookMs: number
  readonly receivedBytes: number
  /** From its first byte to its last. */
  readonly bytesPerSecond: number
}

/**
 * Compares a distribution with what is possible at all. The bound is Mundinger, Weber and Weiss, "Optimal scheduling of
 * peer-to-peer file dissemination" (2008): with N hosts of equal capacity C and a file F of M pieces, no schedule ends before
 * (1 + ⌊log2 N⌋ / M) · F / C.
 * @param capacity C in bytes per second; without it the median of the faster half of the hosts stands for it.
 * @returns null when nobody had to fetch.
 */
export function judgeDistribution(
  hosts: readonly HostFetch[],
  artifactBytes: number,
  pieces: number,
  capacity?: number,
): Efficiency | null {
  const fetches = hosts.flatMap(measured)
  if (fetches.length === 0) return null
  const bytesPerSecond = Math.max(1, Math.round(capacity ?? measuredCapacity(fetches)))
  const makespanMs = makespanOf(fetches.map(({ timing }) => timing))
  const boundMs = (1 + Math.floor(Math.log2(fetches.length)) / pieces) * (artifactBytes / bytesPerSecond) * 1_000
  return {
    hosts: fetches.length,
    artifactBytes,
    pieces,
    makespanMs,
    boundMs: Math.round(boundMs),
    ratio: Math.round((makespanMs / boundMs) * 1_000) / 1_000,
    capacity: { bytesPerSecond, source: capacity === undefined ? 'measured' : 'configured' },
    medianMs: Math.round(lowerMedian(fetches.map(({ tookMs }) => tookMs))),
    bytes: totalBytes(hosts),
    stragglers: judgeStragglers(fetches),
  }
}

function makespanOf(timings: readonly FetchTiming[]): number {
  const last = Math.max(...timings.map(({ finishedAtMs }) => finishedAtMs))
  return Math.max(0, Math.round(last - Math.min(...timings.map(({ askedAtMs }) => askedAtMs))))
}

function measured({ host, totals, timing }: HostFetch): MeasuredFetch[] {
  if (!timing) return []
  const receivedBytes = totals.fromPeers + totals.fromSeeder + totals.fromWebSeed
  const activeMs = Math.max(1, timing.finishedAtMs - timing.firstByteAtMs)
  const tookMs = Math.max(0, timing.finishedAtMs - timing.askedAtMs)
  return [{ host, timing, tookMs, receivedBytes, bytesPerSecond: (receivedBytes / activeMs) * 1_000 }]
}

/** Slow hosts say little of the network, one very fast one neither. */
function measuredCapacity(fetches: readonly MeasuredFetch[]): number {
  const rates = fetches.map(({ bytesPerSecond }) => bytesPerSecond).sort((a, b) => b - a)
  return lowerMedian(rates.slice(0, Math.ceil(rates.length / 2)))
}

function totalBytes(hosts: readonly HostFetch[]): ByteTotals {
  const of = (source: keyof FetchTotals) => sum(hosts.map(({ totals }) => totals[source]))
  return {
    fromPeers: of('fromPeers'),
    fromSeeder: of('fromSeeder'),
    fromWebSeed: of('fromWebSeed'),
    reused: of('reused'),
    wasted: of('wasted'),
    uploaded: of('uploaded'),
  }
}
