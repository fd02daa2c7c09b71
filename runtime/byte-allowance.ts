interface AllowanceOptions {
  readonly bytesPerSecond: number
  /** What may go at once after a pause. */
  readonly burstBytes: number
}

/**
 * How many bytes may go: a token bucket that may fall into debt, so that what is taken whole, such as a chunk, is never too
 * large for it; nothing more goes until the debt is paid.
 */
export class ByteAllowance {
  readonly #options: AllowanceOptions
  #left: number
  #atMs: number

  /** @param nowMs of a clock that never goes back. */
  constructor(options: AllowanceOptions, nowMs: number) {
    this.#options = options
    this.#left = options.burstBytes
    this.#atMs = nowMs
  }

  has(nowMs: number): boolean {
    return this.#refill(nowMs) > 0
  }

  take(bytes: number, nowMs: number): void {
    this.#left = this.#refill(nowMs) - bytes
  }

  /** How long it takes until there is some again; 0 when there is. */
  debtMs(nowMs: number): number {
    return Math.max(0, (-this.#refill(nowMs) / this.#options.bytesPerSecond) * 1_000)
  }

  #refill(nowMs: number): number {
    const { bytesPerSecond, burstBytes } = this.#options
    this.#left = Math.min(burstBytes, this.#left + ((nowMs - this.#atMs) / 1_000) * bytesPerSecond)
    this.#atMs = nowMs
    return this.#left
  }
}
