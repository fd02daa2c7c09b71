import { ByteAllowance } from '../../runtime/byte-allowance.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { LogsConfig } from './config.ts'

/** What of a stream was left out since that was last told. */
export interface LeftOut {
  readonly bytes: number
  /** The bytes per second that were exceeded. */
  readonly limit: number
}

/** Passes of every stream, however much others write. */
const floor = { bytesPerSecond: 8 * 1024, burstBytes: 64 * 1024 } as const
/** What is left out is told so often while it goes on. */
const tellEveryMs = 1_000

/** Shares out what this host may write: no stream takes it all, and none is silenced by others. */
export class LogQuota {
  readonly #config: LogsConfig
  readonly #clock: Clock
  readonly #host: ByteAllowance

  constructor(config: LogsConfig, clock: Clock) {
    const { maxBytesPerSecond, burstBytes, hostMaxBytesPerSecond: bytesPerSecond } = config
    const hostBurstBytes = Math.max(burstBytes, burstBytes * (bytesPerSecond / maxBytesPerSecond))
    this.#config = config
    this.#clock = clock
    this.#host = new ByteAllowance({ bytesPerSecond, burstBytes: hostBurstBytes }, clock.monotonicMs())
  }

  stream(): StreamQuota {
    return new StreamQuota(this.#config, this.#host, this.#clock)
  }
}

/** The part of one stream, and what it has left out. */
export class StreamQuota {
  readonly #config: LogsConfig
  readonly #host: ByteAllowance
  readonly #own: ByteAllowance
  readonly #floor: ByteAllowance
  readonly #clock: Clock
  #leftOut: (LeftOut & { readonly sinceMs: number }) | undefined

  constructor(config: LogsConfig, host: ByteAllowance, clock: Clock) {
    const { maxBytesPerSecond: bytesPerSecond, burstBytes } = config
    this.#config = config
    this.#host = host
    this.#own = new ByteAllowance({ bytesPerSecond, burstBytes }, clock.monotonicMs())
    this.#floor = new ByteAllowance(floor, clock.monotonicMs())
    this.#clock = clock
  }

  /** Whether something may be written now; then `written` must be told of it, otherwise `leaveOut`. */
  get isOpen(): boolean {
    return this.#exceeded() === undefined
  }

  written(bytes: number): void {
    const nowMs = this.#clock.monotonicMs()
    for (const allowance of [this.#own, this.#host, this.#floor]) allowance.take(bytes, nowMs)
  }

  leaveOut(bytes: number): void {
    const limit = this.#exceeded() ?? this.#config.maxBytesPerSecond
    const { bytes: before = 0, sinceMs = this.#clock.monotonicMs() } = this.#leftOut ?? {}
    this.#leftOut = { bytes: before + bytes, limit, sinceMs }
  }

  /** What was left out and is not told yet. */
  get leftOut(): LeftOut | undefined {
    return this.#leftOut
  }

  /** Whether it is time to tell of it, though nothing else is written yet. */
  get isTellingDue(): boolean {
    return this.#leftOut !== undefined && this.#clock.monotonicMs() - this.#leftOut.sinceMs >= tellEveryMs
  }

  told(): void {
    this.#leftOut = undefined
  }

  /** The limit that keeps the stream from writing now. */
  #exceeded(): number | undefined {
    const nowMs = this.#clock.monotonicMs()
    if (!this.#own.has(nowMs)) return this.#config.maxBytesPerSecond
    return this.#host.has(nowMs) || this.#floor.has(nowMs) ? undefined : this.#config.hostMaxBytesPerSecond
  }
}
