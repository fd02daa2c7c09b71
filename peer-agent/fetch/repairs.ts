import type { Clock, Timer } from '../../runtime/clock.ts'
import type { RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { jittered, type Random } from '../../runtime/random.ts'

/** First pause: long enough for whoever writes to the file to be done with it. */
const firstPauseMs = 1_000
/** Longest pause. Each try reads the whole file, so a disk that goes on failing must not be kept busy with it. */
const longestPauseMs = 5 * 60_000
/** An artifact that was whole for so long begins with the first pause again. */
const forgetMs = 2 * longestPauseMs
const jitter = 0.5

interface Repair {
  /** Until the next try. */
  pauseMs: number
  lastLossMs: number
  /** Set while it waits. */
  timer: Timer | undefined
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** When artifacts that can no longer be seeded, since their file was changed or the disk failed, are tried again. */
export class Repairs {
  readonly #dependencies: Dependencies
  readonly #repairs = new Map<string, Repair>()
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Calls `again` after a pause that grows from loss to loss. Only the first of a row is told. */
  plan(infoHash: string, failure: RookeryError, again: () => void): void {
    if (this.#isStopped) return
    const { clock, random, logger } = this.#dependencies
    const nowMs = clock.monotonicMs()
    const last = this.#repairs.get(infoHash)
    const isNew = !last || nowMs - last.lastLossMs > forgetMs
    const pauseMs = isNew ? firstPauseMs : last.pauseMs
    if (isNew) logger.warn({ infoHash, code: failure.code }, `not seeded until it is whole again: ${failure.message}`)
    const repair: Repair = { pauseMs: Math.min(2 * pauseMs, longestPauseMs), lastLossMs: nowMs, timer: undefined }
    repair.timer = clock.after(jittered(pauseMs, jitter, random), () => {
      repair.timer = undefined
      again()
    })
    this.#repairs.set(infoHash, repair)
  }

  /** It waits for its next try. */
  isPlanned(infoHash: string): boolean {
    return this.#repairs.get(infoHash)?.timer !== undefined
  }

  /** Somebody else tries, or nobody shall. */
  cancel(infoHash: string): void {
    const repair = this.#repairs.get(infoHash)
    repair?.timer?.cancel()
    if (repair) repair.timer = undefined
  }

  /** It is gone from this host. */
  forget(infoHash: string): void {
    this.cancel(infoHash)
    this.#repairs.delete(infoHash)
  }

  stop(): void {
    this.#isStopped = true
    for (const infoHash of this.#repairs.keys()) this.cancel(infoHash)
  }
}
