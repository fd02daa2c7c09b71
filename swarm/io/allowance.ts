/** So much at once, and so much a second after that. Free of clocks: times are ms from any start and never go back. */
export class Allowance {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #atMs: number

  constructor(limit: { readonly perSecond: number; readonly burst: number }, nowMs: number) {
    this.#perSecond = limit.perSecond
    this.#burst = limit.burst
    this.#left = limit.burst
    this.#atMs = nowMs
  }

  /** False, and nothing is taken, when there is not enough left. */
  take(amount: number, nowMs: number): boolean {
    if (amount > this.#left) this.#refill(nowMs)
    if (amount > this.#left) return false
    this.#left -= amount
    return true
  }

  giveBack(amount: number): void {
    this.#left = Math.min(this.#burst, this.#left + amount)
  }

  /** Nothing of it is in use. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#left === this.#burst
  }

  #refill(nowMs: number): void {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#atMs) * this.#perSecond) / 1000)
    this.#atMs = nowMs
  }
}
