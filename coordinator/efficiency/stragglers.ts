import type { Straggler, StragglerCause } from '../../proto/http/api.ts'
import type { MeasuredFetch } from './judge-distribution.ts'
import { lowerMedian, upperMedian } from './statistics.ts'

/** A straggler took more than so many times what the host in the middle took … */
const stragglerFactor = 1.5
/** … and more by at least this: below it, progress is not sampled finely enough to tell anything. */
const leastExcessMs = 500
/** What explains this share of the time lost is its cause. */
const decisiveShare = 0.5

interface Numbers {
  readonly tookMs: number
  readonly lateMs: number
  readonly diskWaitMs: number
  /** Longest time without a byte, before the first one too. */
  readonly stallMs: number
  readonly mostPeers: number
  readonly bytesPerSecond: number
}

/** The hosts that held the others up, slowest first, each with what cost it most against the host in the middle. */
export function judgeStragglers(fetches: readonly MeasuredFetch[]): Straggler[] {
  const all = fetches.map(numbersOf)
  // Of two in the middle the better one: a fleet of two has a straggler too.
  const least = (name: keyof Numbers) => lowerMedian(all.map((numbers) => numbers[name]))
  const most = (name: keyof Numbers) => upperMedian(all.map((numbers) => numbers[name]))
  const median: Numbers = {
    ...{ tookMs: least('tookMs'), lateMs: least('lateMs'), diskWaitMs: least('diskWaitMs') },
    ...{ stallMs: least('stallMs'), mostPeers: most('mostPeers'), bytesPerSecond: most('bytesPerSecond') },
  }
  const isSlow = ({ tookMs }: MeasuredFetch) =>
    tookMs > stragglerFactor * median.tookMs && tookMs - median.tookMs >= leastExcessMs
  return fetches
    .filter(isSlow)
    .sort((a, b) => b.tookMs - a.tookMs)
    .map((fetch) => straggler(fetch, median))
}

function straggler(fetch: MeasuredFetch, median: Numbers): Straggler {
  const numbers = numbersOf(fetch)
  const cause = causeOf(fetch, numbers, median)
  const { host, timing, tookMs, bytesPerSecond } = fetch
  return {
    host,
    cause,
    sentence: `${host} took ${seconds(tookMs)}, the median is ${seconds(median.tookMs)}: ${reason(cause, numbers, median)}`,
    tookMs: Math.round(tookMs),
    lateMs: Math.round(numbers.lateMs),
    waitedForFirstByteMs: Math.round(waitForFirstByteMs(fetch)),
    longestStallMs: timing.longestStallMs,
    diskWaitMs: timing.diskWaitMs,
    mostPeers: timing.mostPeers,
    bytesPerSecond: Math.round(bytesPerSecond),
  }
}

/** What cost half of the time lost, the surest first: a slow disk also stalls, and both make the rate low. */
function causeOf(fetch: MeasuredFetch, numbers: Numbers, median: Numbers): StragglerCause {
  const enoughMs = decisiveShare * (numbers.tookMs - median.tookMs)
  const lostMs = (name: 'lateMs' | 'diskWaitMs' | 'stallMs') => numbers[name] - median[name]
  if (lostMs('lateMs') >= enoughMs) return 'lateStart'
  if (lostMs('diskWaitMs') >= enoughMs) return 'slowDisk'
  if (lostMs('stallMs') >= enoughMs) return 'stalled'
  const { finishedAtMs, firstByteAtMs } = fetch.timing
  const lostToRateMs = finishedAtMs - firstByteAtMs - (fetch.receivedBytes / median.bytesPerSecond) * 1_000
  if (lostMs('lateMs') > lostToRateMs) return 'lateStart'
  return numbers.mostPeers * 2 < median.mostPeers ? 'fewPeers' : 'slowDownlink'
}

function reason(cause: StragglerCause, numbers: Numbers, median: Numbers): string {
  switch (cause) {
    case 'lateStart':
      return `it began ${seconds(numbers.lateMs)} after it was told to (median ${seconds(median.lateMs)})`
    case 'slowDisk':
      return `it waited ${seconds(numbers.diskWaitMs)} for its disk (median ${seconds(median.diskWaitMs)})`
    case 'stalled':
      return `nothing came for ${seconds(numbers.stallMs)} at a stretch (median ${seconds(median.stallMs)})`
    case 'fewPeers':
      return `it never had more than ${numbers.mostPeers} ${numbers.mostPeers === 1 ? 'peer' : 'peers'} (median ${median.mostPeers})`
    case 'slowDownlink':
      return `it received ${rate(numbers.bytesPerSecond)} (median ${rate(median.bytesPerSecond)})`
  }
}

function numbersOf(fetch: MeasuredFetch): Numbers {
  const { timing, tookMs, bytesPerSecond } = fetch
  const { diskWaitMs, mostPeers } = timing
  // Clocks agree to some milliseconds only.
  const lateMs = Math.max(0, timing.startedAtMs - timing.askedAtMs)
  const stallMs = Math.max(timing.longestStallMs, waitForFirstByteMs(fetch))
  return { tookMs, lateMs, diskWaitMs, stallMs, mostPeers, bytesPerSecond }
}

function waitForFirstByteMs({ timing }: MeasuredFetch): number {
  return Math.max(0, timing.firstByteAtMs - timing.startedAtMs)
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

function rate(bytesPerSecond: number): string {
  return `${((bytesPerSecond * 8) / 1_000_000).toFixed(1)} Mbit/s`
}
