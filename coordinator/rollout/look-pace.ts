import type { Clock } from '../../runtime/clock.ts'

/** A look at thousands of hosts takes a second: looking takes no more than this share of the time. */
const mostShare = 0.05

/** When to look next: in its time, or later where looks take long. */
export class LookPace {
  readonly #lookMs: number
  readonly #clock: Clock
  #tookMs = 0

  constructor(lookMs: number, clock: Clock) {
    this.#lookMs = lookMs
    this.#clock = clock
  }

  /** From the end of one look to the next. */
  get delayMs(): number {
    return Math.max(this.#lookMs, this.#tookMs / mostShare)
  }

  async look(task: () => Promise<void>): Promise<void> {
    const sinceMs = this.#clock.monotonicMs()
    await task()
    this.#tookMs = this.#clock.monotonicMs() - sinceMs
  }
}
