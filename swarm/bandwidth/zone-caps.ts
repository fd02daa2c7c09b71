import { type BandwidthLimits, otherZones } from './limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** What may go to each other zone. */
export class ZoneCaps {
  readonly #ownZone: string | undefined
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(ownZone: string | undefined) {
    this.#ownZone = ownZone
  }

  get buckets(): Iterable<TokenBucket> {
    return this.#buckets.values()
  }

  get isEmpty(): boolean {
    return this.#buckets.size === 0
  }

  /** Replaces all caps; one that stays keeps what it has used. */
  set(perZone: BandwidthLimits['perZone'] = {}, nowMs: number): void {
    for (const zone of this.#buckets.keys()) if (!Object.hasOwn(perZone, zone)) this.#buckets.delete(zone)
    for (const [zone, rate] of Object.entries(perZone))
      this.#buckets.set(zone, TokenBucket.at(rate, this.#buckets.get(zone), nowMs)!)
  }

  /** What is sent to a peer in that zone is taken from here; undefined when nothing caps it. */
  bucketOf(zone: string | undefined): TokenBucket | undefined {
    if (zone === undefined || zone === this.#ownZone) return undefined
    return this.#buckets.get(zone) ?? this.#buckets.get(otherZones)
  }
}
