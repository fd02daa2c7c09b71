import type { Clock, Timer } from '../../runtime/clock.ts'
import type { BandwidthLimits } from '../bandwidth/limits.ts'
import { TokenBucket } from '../bandwidth/token-bucket.ts'

/** A connection that can be left unread for a while. */
export interface Readable {
  pause(): void
  resume(): void
  /** It is silent because we do not read it. */
  heldUp(): void
}

/** Largest read of a socket. */
export const maxReadBytes = 256 * 1024
const minReadBytes = 32 * 1024
/** Under a cap, one read is of so much time at most: it must not use up what many connections share. */
const readMs = 20
/** Who is not read for so long is spoken for, well before it would count as silent. */
const tellHeldUpMs = 500

/**
 * The way in of all connections of a session. Under a cap, a connection that brought blocks is not read again before its
 * turn, so that TCP slows its sender down; connections that bring only control messages are read at all times.
 */
export class Downlink {
  readonly #clock: Clock
  #bucket: TokenBucket | undefined
  /** Not read, in the order of their turns. */
  readonly #waiting = new Set<Readable>()
  #timer: Timer | undefined
  #toldMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  setLimits({ downloadBytesPerSecond: rate }: BandwidthLimits): void {
    this.#bucket = TokenBucket.at(rate, this.#bucket, this.#clock.monotonicMs())
    if (!this.#bucket) this.#resumeAll()
    else this.#arm()
  }

  /** How much may be read at once. */
  get readBytes(): number {
    if (!this.#bucket) return maxReadBytes
    return Math.min(Math.max((this.#bucket.bytesPerSecond * readMs) / 1000, minReadBytes), maxReadBytes)
  }

  /** A connection brought so many bytes of blocks. */
  received(connection: Readable, bytes: number): void {
    if (!this.#bucket) return
    const nowMs = this.#clock.monotonicMs()
    this.#bucket.take(bytes, nowMs)
    if (this.#bucket.isReady(nowMs)) return
    connection.pause()
    this.#waiting.add(connection)
    if (!this.#timer) this.#arm()
  }

  forget(connection: Readable): void {
    this.#waiting.delete(connection)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#resumeAll()
  }

  #onTimer(): void {
    this.#timer = undefined
    const nowMs = this.#clock.monotonicMs()
    const [next] = this.#waiting
    // One at a time: what it brings decides when the next has its turn.
    if (next && this.#bucket?.isReady(nowMs)) {
      this.#waiting.delete(next)
      next.resume()
    }
    if (nowMs - this.#toldMs >= tellHeldUpMs) {
      this.#toldMs = nowMs
      for (const connection of [...this.#waiting]) connection.heldUp()
    }
    this.#arm()
  }

  #arm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#waiting.size === 0 || !this.#bucket) return
    const nowMs = this.#clock.monotonicMs()
    const waitMs = Math.min(this.#bucket.readyAtMs(nowMs) - nowMs, tellHeldUpMs)
    this.#timer = this.#clock.after(waitMs, () => this.#onTimer())
  }

  #resumeAll(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const connection of waiting) connection.resume()
  }
}
