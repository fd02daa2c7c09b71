import type { Clock, Timer } from '../../runtime/clock.ts'
import { FairShares, type Waiting } from '../bandwidth/fair-shares.ts'
import type { BandwidthLimits } from '../bandwidth/limits.ts'
import { TokenBucket } from '../bandwidth/token-bucket.ts'
import { ZoneCaps } from '../bandwidth/zone-caps.ts'

interface UplinkOptions {
  /** Bytes that are read and not yet taken by their sockets, over all transfers. */
  readonly maxBytesInFlight: number
  readonly zone: string | undefined
}

interface QueuedBlock extends Waiting {
  /** Reads and writes it; false when its peer is gone. Followed by `sent` unless it is false. */
  readonly send: () => boolean
}

/**
 * The way out of all transfers of a session: whose block is read and written next, and when. With one transfer and no cap
 * nothing ever waits here.
 */
export class Uplink {
  readonly #options: UplinkOptions
  readonly #clock: Clock
  readonly #waiting = new FairShares<QueuedBlock>()
  readonly #inFlight = new Map<object, number>()
  readonly #zones: ZoneCaps
  #total: TokenBucket | undefined
  #bytesInFlight = 0
  #isPumping = false
  #timer: Timer | undefined

  constructor(options: UplinkOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
    this.#zones = new ZoneCaps(options.zone)
  }

  setLimits({ uploadBytesPerSecond: rate, perZone }: BandwidthLimits): void {
    const nowMs = this.#clock.monotonicMs()
    this.#zones.set(perZone, nowMs)
    this.#total = TokenBucket.at(rate, this.#total, nowMs)
    this.#pump()
  }

  /** Whether what goes to that zone has a cap of its own. */
  isCapped(zone: string | undefined): boolean {
    return this.#zones.bucketOf(zone) !== undefined
  }

  /** Calls `send` when it is this owner's turn, at once if it can be. */
  submit(owner: object, bytes: number, zone: string | undefined, send: () => boolean): void {
    const isFree = this.#waiting.isEmpty && this.#total === undefined && this.#zones.isEmpty
    if (isFree && this.#hasRoom(owner)) {
      this.#inFlight.set(owner, (this.#inFlight.get(owner) ?? 0) + bytes)
      this.#bytesInFlight += bytes
      if (!send()) this.sent(owner, bytes)
      return
    }
    this.#waiting.add(owner, { bytes, lane: this.isCapped(zone) ? zone : undefined, send })
    this.#pump()
  }

  /** A block has left, or its connection is gone. */
  sent(owner: object, bytes: number): void {
    const own = this.#inFlight.get(owner)
    // It was forgotten meanwhile.
    if (own === undefined) return
    if (own > bytes) this.#inFlight.set(owner, own - bytes)
    else this.#inFlight.delete(owner)
    this.#bytesInFlight -= bytes
    this.#pump()
  }

  /** The owner sends nothing any more. */
  forget(owner: object): void {
    this.#waiting.remove(owner)
    this.#bytesInFlight -= this.#inFlight.get(owner) ?? 0
    this.#inFlight.delete(owner)
    this.#pump()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #pump(): void {
    if (this.#isPumping || this.#waiting.isEmpty) return
    this.#isPumping = true
    const nowMs = this.#clock.monotonicMs()
    while (this.#total?.isReady(nowMs) ?? true) {
      const next = this.#waiting.next((owner, lane) => this.#mayGo(owner, lane, nowMs))
      if (!next) break
      const { owner, item } = next
      this.#inFlight.set(owner, (this.#inFlight.get(owner) ?? 0) + item.bytes)
      this.#bytesInFlight += item.bytes
      if (!item.send()) {
        this.sent(owner, item.bytes)
        continue
      }
      this.#total?.take(item.bytes, nowMs)
      this.#zones.bucketOf(item.lane)?.take(item.bytes, nowMs)
    }
    this.#isPumping = false
    this.#armTimer(nowMs)
  }

  #mayGo(owner: object, lane: string | undefined, nowMs: number): boolean {
    return this.#hasRoom(owner) && (this.#zones.bucketOf(lane)?.isReady(nowMs) ?? true)
  }

  /** Who has less than its part under way goes in any case: the others' may be stuck in sockets that take nothing. */
  #hasRoom(owner: object): boolean {
    const { maxBytesInFlight } = this.#options
    if (this.#bytesInFlight < maxBytesInFlight) return true
    const own = this.#inFlight.get(owner) ?? 0
    if (own === 0) return true
    let owners = this.#inFlight.size
    for (const waiting of this.#waiting.owners) if (!this.#inFlight.has(waiting)) owners++
    return own < maxBytesInFlight / owners
  }

  /** For what waits for a cap; what waits for a socket is woken by `sent`. */
  #armTimer(nowMs: number): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#waiting.isEmpty) return
    let dueMs = Number.POSITIVE_INFINITY
    if (this.#total && !this.#total.isReady(nowMs)) dueMs = this.#total.readyAtMs(nowMs)
    else
      for (const bucket of this.#zones.buckets)
        if (!bucket.isReady(nowMs)) dueMs = Math.min(dueMs, bucket.readyAtMs(nowMs))
    if (dueMs < Number.POSITIVE_INFINITY) this.#timer = this.#clock.after(dueMs - nowMs, () => this.#pump())
  }
}
