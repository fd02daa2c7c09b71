import type { Clock, Timer } from '../../runtime/clock.ts'
import type { ChunkDraft, Spool } from '../spool/spool.ts'
import { characterCut, lineCut } from './text-cut.ts'

/** What a stream's chunks are filed under. */
export type StreamContext = Pick<ChunkDraft, 'stream' | 'rolloutId' | 'app' | 'releaseId'>

/** One source of output. */
export interface LogStream {
  write(bytes: Uint8Array): void
  /** Sends what is left; no more follows. */
  end(): void
}

interface Dependencies {
  readonly spool: Pick<Spool, 'append'>
  readonly clock: Clock
}

/** The session protocol's limit of one chunk. */
export const maxChunkBytes = 64 * 1024
/** No byte waits longer for others to share its chunk. */
const maxAgeMs = 250

/** Gathers output into chunks of at most 64 KiB that are at most 250 ms old. */
export class LogShipper {
  readonly #dependencies: Dependencies
  readonly #open = new Set<BufferedStream>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  open(context: StreamContext): LogStream {
    const stream = new BufferedStream(context, this.#dependencies, () => this.#open.delete(stream))
    this.#open.add(stream)
    return stream
  }

  /** Puts everything that waits into the spool. */
  flush(): void {
    for (const stream of this.#open) stream.flush()
  }
}

class BufferedStream implements LogStream {
  readonly #context: StreamContext
  readonly #dependencies: Dependencies
  readonly #onEnd: () => void
  #waiting: Buffer = Buffer.alloc(0)
  #timer: Timer | undefined

  constructor(context: StreamContext, dependencies: Dependencies, onEnd: () => void) {
    this.#context = context
    this.#dependencies = dependencies
    this.#onEnd = onEnd
  }

  write(bytes: Uint8Array): void {
    this.#waiting = this.#waiting.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#waiting, bytes])
    while (this.#waiting.length >= maxChunkBytes) this.#ship(lineCut(this.#waiting.subarray(0, maxChunkBytes)))
    if (this.#waiting.length > 0) this.#timer ??= this.#dependencies.clock.after(maxAgeMs, () => this.#timedOut())
  }

  flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#waiting.length > 0) this.#ship(this.#waiting.length)
  }

  end(): void {
    this.#timer?.cancel()
    this.#ship(this.#waiting.length, true)
    this.#onEnd()
  }

  #timedOut(): void {
    this.#timer = undefined
    const cut = characterCut(this.#waiting)
    // A part of a character may wait for the rest once more, but not for ever.
    this.#ship(cut > 0 ? cut : this.#waiting.length)
    if (this.#waiting.length > 0) this.#timer = this.#dependencies.clock.after(maxAgeMs, () => this.#timedOut())
  }

  #ship(length: number, final = false): void {
    const data = this.#waiting.subarray(0, length)
    this.#waiting = this.#waiting.subarray(length)
    if (data.length === 0 && !final) return
    const { spool, clock } = this.#dependencies
    spool.append({ logChunk: { ...this.#context, atMs: clock.now(), data, final } })
  }
}
