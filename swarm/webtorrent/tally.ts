import type { Clock } from '../../runtime/clock.ts'
import type { TransferProgress } from '../io/transfer.ts'

/** Who sent a byte; names the counter of a transfer's progress. */
export type Source = 'bytesFromPeers' | 'bytesFromSeeder' | 'bytesFromWebSeed'

/** What came and went of one torrent since it was added. */
export class Tally {
  readonly #clock: Clock
  readonly #received: Record<Source, number> = { bytesFromPeers: 0, bytesFromSeeder: 0, bytesFromWebSeed: 0 }
  #bytesUploaded = 0
  #mostPeers = 0
  /** Set while pieces are missing. */
  #silentSinceMs: number | undefined
  #longestStallMs = 0
  #peersSilentSinceMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get bytesReceived(): number {
    return Object.values(this.#received).reduce((sum, bytes) => sum + bytes, 0)
  }

  /** How long no peer has sent anything that is missing; 0 when nothing is. */
  get peersSilentMs(): number {
    return this.#peersSilentSinceMs === undefined ? 0 : this.#clock.monotonicMs() - this.#peersSilentSinceMs
  }

  fetchBegins(): void {
    this.#silentSinceMs = this.#clock.monotonicMs()
    this.#peersSilentSinceMs = this.#silentSinceMs
  }

  fetchEnds(): void {
    this.#longestStallMs = this.#stallMs()
    this.#silentSinceMs = undefined
    this.#peersSilentSinceMs = undefined
  }

  received(source: Source, bytes: number): void {
    this.#received[source] += bytes
    if (this.#silentSinceMs === undefined) return
    this.#longestStallMs = this.#stallMs()
    this.#silentSinceMs = this.#clock.monotonicMs()
    if (source !== 'bytesFromWebSeed') this.#peersSilentSinceMs = this.#silentSinceMs
  }

  uploaded(bytes: number): void {
    this.#bytesUploaded += bytes
  }

  connected(peers: number): void {
    this.#mostPeers = Math.max(this.#mostPeers, peers)
  }

  view(): Pick<TransferProgress, Source | 'bytesUploaded' | 'mostPeers' | 'longestStallMs'> {
    const { bytesFromPeers, bytesFromSeeder, bytesFromWebSeed } = this.#received
    const [bytesUploaded, mostPeers] = [this.#bytesUploaded, this.#mostPeers]
    return {
      ...{ bytesFromPeers, bytesFromSeeder, bytesFromWebSeed, bytesUploaded, mostPeers },
      longestStallMs: this.#stallMs(),
    }
  }

  #stallMs(): number {
    if (this.#silentSinceMs === undefined) return this.#longestStallMs
    return Math.max(this.#longestStallMs, Math.round(this.#clock.monotonicMs() - this.#silentSinceMs))
  }
}
