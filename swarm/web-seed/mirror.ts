import { jittered, type Random } from '../../runtime/random.ts'
import type { BadAnswer } from './range-request.ts'

/** First wait after a passing fault; doubled with each further one. */
const firstWaitMs = 1_000
const maxWaitMs = 60_000
/** A server that lacks the file may get it later, but not within seconds. */
const firstLastingWaitMs = 60_000
/** Longer than this nobody is believed to be away: also not by a `Retry-After` of a year. */
const longestWaitMs = 10 * 60_000
/** A fleet that was sent away together must not come back together. */
const jitterShare = 0.5

/** One HTTP source of a torrent, and when it may be asked again. */
export class Mirror {
  readonly url: string
  #faults = 0
  #notBeforeMs = 0

  constructor(url: string) {
    this.url = url
  }

  /** What errors and logs call it: without a query, which may hold a secret. */
  get name(): string {
    const { origin, pathname } = new URL(this.url)
    return origin + pathname
  }

  waitMs(nowMs: number): number {
    return Math.max(0, this.#notBeforeMs - nowMs)
  }

  succeeded(): void {
    this.#faults = 0
  }

  /** Puts it aside for a while: as long as it asked for, else longer with each fault. */
  failed(fault: Pick<BadAnswer, 'isLasting' | 'retryAfterMs'>, nowMs: number, random: Random): void {
    this.#notBeforeMs =
      nowMs + (fault.retryAfterMs === undefined ? this.#grownMs(fault, random) : politeMs(fault.retryAfterMs, random))
    this.#faults++
  }

  #grownMs({ isLasting }: Pick<BadAnswer, 'isLasting'>, random: Random): number {
    const [firstMs, mostMs] = isLasting ? [firstLastingWaitMs, longestWaitMs] : [firstWaitMs, maxWaitMs]
    return jittered(Math.min(firstMs * 2 ** Math.min(this.#faults, 16), mostMs), jitterShare, random)
  }
}

/** Never earlier than asked; the jitter goes on top. */
function politeMs(askedMs: number, random: Random): number {
  const leastMs = Math.min(askedMs, longestWaitMs)
  return leastMs + random.next() * Math.max(firstWaitMs, leastMs * jitterShare)
}
