import type { Clock } from '../../runtime/clock.ts'
import { sleep } from '../../runtime/clock.ts'
import { jittered, type Random } from '../../runtime/random.ts'

interface Options {
  /** Range downloads at once, over all hosts; 0 for none at all. */
  readonly maxConcurrent: number
  /** Rate of all of them together. */
  readonly maxMbitPerSecond: number
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
}

/** A place among the range downloads; to be left in any case. */
interface Place {
  /** Resolves when so many bytes may be sent. */
  pace(bytes: number): Promise<void>
  leave(): void
}

/** Bytes promised and not yet due make the next wait this long at most; otherwise nobody more is let in. */
const maxBehindMs = 2_000
/** Unused rate is saved up for so long: a piece after a pause goes out at once. */
const burstMs = 200
/** How long a place is held, before that was seen. */
const firstGuessMs = 500
const longestRetryMs = 60_000

/**
 * Keeps the hosts that fall back to HTTP from melting the origin, however many they are: a few places, one rate for all.
 * Whoever is refused gets a turn in a queue that exists only as times, so that they return as fast as they can be served.
 */
export class WebSeedCap {
  readonly #options: Options
  readonly #dependencies: Dependencies
  #taken = 0
  #heldMs = firstGuessMs
  /** When all bytes let through so far have been sent at the capped rate. */
  #sentAtMs = 0
  #lastTurnMs = 0

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** A place, or after how many ms to ask again. */
  enter(): Place | { readonly retryAfterMs: number } {
    const enteredMs = this.#nowMs
    const isFull = this.#taken >= this.#options.maxConcurrent || this.#sentAtMs - enteredMs > maxBehindMs
    if (isFull) return { retryAfterMs: this.#turnMs(enteredMs) }
    this.#taken++
    let hasLeft = false
    const leave = () => {
      if (hasLeft) return
      hasLeft = true
      this.#taken--
      this.#heldMs += (this.#nowMs - enteredMs - this.#heldMs) / 8
    }
    return { pace: (bytes) => this.#pace(bytes), leave }
  }

  async #pace(bytes: number): Promise<void> {
    const { clock } = this.#dependencies
    const costMs = (bytes * 8) / (this.#options.maxMbitPerSecond * 1_000)
    this.#sentAtMs = Math.max(this.#sentAtMs, this.#nowMs - burstMs) + costMs
    const waitMs = this.#sentAtMs - this.#nowMs
    if (waitMs > 0) await sleep(clock, waitMs)
  }

  #turnMs(nowMs: number): number {
    const perPlaceMs = this.#heldMs / Math.max(1, this.#options.maxConcurrent)
    this.#lastTurnMs = Math.min(Math.max(this.#lastTurnMs, nowMs) + perPlaceMs, nowMs + longestRetryMs)
    return this.#options.maxConcurrent === 0
      ? longestRetryMs
      : jittered(this.#lastTurnMs - nowMs, 0.25, this.#dependencies.random)
  }

  get #nowMs(): number {
    return this.#dependencies.clock.monotonicMs()
  }
}
