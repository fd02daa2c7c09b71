import type { Clock } from '../../runtime/clock.ts'

/** So much at once, and so much a second after that. */
export class Allowance {
  readonly #perSecond: number
  readonly #burst: number
  readonly #clock: Clock
  #left: number
  #atMs: number

  constructor(limit: { readonly perSecond: number; readonly burst: number }, clock: Clock) {
    this.#perSecond = limit.perSecond
    this.#burst = limit.burst
    this.#clock = clock
    this.#left = limit.burst
    this.#atMs = clock.monotonicMs()
  }

  /** Nothing of it is in use. */
  get isFull(): boolean {
    this.#refill()
    return this.#left === this.#burst
  }

  /** False, and nothing is taken, when there is not enough left. */
  take(amount: number): boolean {
    // The clock is asked only when it matters: most messages have room.
    if (amount > this.#left) this.#refill()
    if (amount > this.#left) return false
    this.#left -= amount
    return true
  }

  giveBack(amount: number): void {
    this.#left = Math.min(this.#burst, this.#left + amount)
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs()
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#atMs) * this.#perSecond) / 1000)
    this.#atMs = nowMs
  }
}
