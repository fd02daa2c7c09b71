/** Unused rate is saved up for so long: longer than a timer is late, short enough that a link does not see it as a burst. */
const burstMs = 100
/** … and at least so many bytes: a few blocks. */
const minBurstBytes = 64 * 1024

/**
 * A rate in bytes a second, free of clocks: times are ms from any start and never go back. It may be overdrawn by what is
 * taken at once; then it is ready again when that is paid back, so the rate holds however long the takings are.
 */
export class TokenBucket {
  #bytesPerSecond: number
  #bytes: number
  #atMs: number

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond
    this.#bytes = this.#burstBytes
    this.#atMs = nowMs
  }

  /** The bucket for that rate, which may have changed or be none; one that was there keeps what it has used. */
  static at(rate: number | undefined, known: TokenBucket | undefined, nowMs: number): TokenBucket | undefined {
    if (rate === undefined) return undefined
    if (!known) return new TokenBucket(rate, nowMs)
    known.#setRate(rate, nowMs)
    return known
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond
  }

  isReady(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#bytes >= 0
  }

  /** When it is ready; `nowMs` when it is now. */
  readyAtMs(nowMs: number): number {
    return this.isReady(nowMs) ? nowMs : nowMs + Math.ceil((-this.#bytes * 1000) / this.#bytesPerSecond)
  }

  take(bytes: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#bytes -= bytes
  }

  /** What was overdrawn at the old rate is forgiven: paid back at a far lower one, it could take minutes. */
  #setRate(bytesPerSecond: number, nowMs: number): void {
    if (bytesPerSecond === this.#bytesPerSecond) return
    this.#refill(nowMs)
    this.#bytesPerSecond = bytesPerSecond
    this.#bytes = Math.min(Math.max(this.#bytes, 0), this.#burstBytes)
  }

  #refill(nowMs: number): void {
    const earned = ((nowMs - this.#atMs) * this.#bytesPerSecond) / 1000
    this.#bytes = Math.min(this.#bytes + earned, this.#burstBytes)
    this.#atMs = nowMs
  }

  get #burstBytes(): number {
    return Math.max(minBurstBytes, (this.#bytesPerSecond * burstMs) / 1000)
  }
}
