import type { FetchTiming } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { TransferProgress } from '../../swarm/index.ts'

/** Notes when a fetch began, got its first byte and was done, as seen in its progress. */
export class FetchWatch {
  readonly #clock: Clock
  readonly #startedAtMs: number
  readonly #startedMs: number
  #lastEmptyMs = 0
  #finishedMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAtMs = clock.now()
    this.#startedMs = clock.monotonicMs()
  }

  saw(progress: TransferProgress): void {
    const elapsedMs = this.#clock.monotonicMs() - this.#startedMs
    if (receivedBytes(progress) === 0) this.#lastEmptyMs = elapsedMs
    // It is read whole once more afterwards, which is no part of the exchange.
    if (progress.state === 'seeding') this.#finishedMs ??= elapsedMs
  }

  /** Null when all of it was on the disk before. */
  timing(progress: TransferProgress): FetchTiming | null {
    if (receivedBytes(progress) === 0) return null
    const { bytesTotal, piecesTotal, mostPeers, diskWaitMs, longestStallMs } = progress
    const elapsedMs = this.#clock.monotonicMs() - this.#startedMs
    // Wall time may jump meanwhile; so it is read once.
    const at = (sinceStartMs: number) => Math.round(this.#startedAtMs + sinceStartMs)
    return {
      startedAtMs: at(0),
      firstByteAtMs: at(this.#lastEmptyMs),
      finishedAtMs: at(this.#finishedMs ?? elapsedMs),
      ...{ bytesTotal, piecesTotal, mostPeers },
      diskWaitMs: Math.round(diskWaitMs),
      longestStallMs: Math.round(longestStallMs),
    }
  }
}

function receivedBytes({ bytesFromPeers, bytesFromSeeder, bytesFromWebSeed }: TransferProgress): number {
  return bytesFromPeers + bytesFromSeeder + bytesFromWebSeed
}
