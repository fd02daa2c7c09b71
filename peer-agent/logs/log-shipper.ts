import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Redactor } from '../../runtime/redactor.ts'
import type { ChunkDraft, Spool } from '../spool/spool.ts'
import type { LogQuota, StreamQuota } from './log-quota.ts'
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
  readonly quota: LogQuota
  /** Takes secrets out of all that is shipped: then a line waits until it is whole. */
  readonly redactor: Redactor
}

/** The session protocol's limit of one chunk. */
export const maxChunkBytes = 64 * 1024
/** No byte waits longer for others to share its chunk. */
const maxAgeMs = 250

/** Gathers output into chunks of at most 64 KiB that are at most 250 ms old. */
export class LogShipper {
  readonly #dependencies: Dependencies
  readonly #open = new Set<OpenStream>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @param onShipped hears what is shipped, once secrets are out of it. */
  open(context: StreamContext, onShipped: (bytes: Buffer) => void = () => {}): LogStream {
    const stream = new BufferedStream(context, this.#dependencies)
    const redacted = this.#dependencies.redactor.stream((bytes) => {
      onShipped(bytes)
      stream.write(bytes)
    })
    const open: OpenStream = {
      write: (bytes) => redacted.write(bytes),
      flush: () => {
        redacted.flush()
        stream.flush()
      },
      end: () => {
        redacted.flush()
        stream.end()
        this.#open.delete(open)
      },
    }
    this.#open.add(open)
    return open
  }

  /** Puts everything that waits into the spool. */
  flush(): void {
    for (const stream of this.#open) stream.flush()
  }
}

interface OpenStream extends LogStream {
  flush(): void
}

class BufferedStream implements OpenStream {
  readonly #context: StreamContext
  readonly #dependencies: Dependencies
  readonly #quota: StreamQuota
  #waiting: Buffer = Buffer.alloc(0)
  #timer: Timer | undefined

  constructor(context: StreamContext, dependencies: Dependencies) {
    this.#context = context
    this.#dependencies = dependencies
    this.#quota = dependencies.quota.stream()
  }

  write(bytes: Uint8Array): void {
    this.#waiting = this.#waiting.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#waiting, bytes])
    while (this.#waiting.length >= maxChunkBytes) this.#ship(lineCut(this.#waiting.subarray(0, maxChunkBytes)))
    this.#wait()
  }

  flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#waiting.length > 0) this.#ship(this.#waiting.length)
    this.#tell()
  }

  end(): void {
    this.#timer?.cancel()
    const isOpen = this.#quota.isOpen
    if (!isOpen) this.#quota.leaveOut(this.#waiting.length)
    this.#append({ data: isOpen ? this.#waiting : new Uint8Array(), final: true })
    this.#waiting = Buffer.alloc(0)
  }

  #wait(): void {
    if (this.#waiting.length > 0 || this.#quota.leftOut)
      this.#timer ??= this.#dependencies.clock.after(maxAgeMs, () => this.#timedOut())
  }

  #timedOut(): void {
    this.#timer = undefined
    const cut = characterCut(this.#waiting)
    // A part of a character may wait for the rest once more, but not for ever.
    this.#ship(cut > 0 ? cut : this.#waiting.length)
    if (this.#quota.isTellingDue) this.#tell()
    this.#wait()
  }

  #ship(length: number): void {
    const data = this.#waiting.subarray(0, length)
    this.#waiting = this.#waiting.subarray(length)
    if (data.length === 0) return
    if (!this.#quota.isOpen) return this.#quota.leaveOut(data.length)
    this.#append({ data, final: false })
    this.#quota.written(data.length)
  }

  #tell(): void {
    if (this.#quota.leftOut) this.#append({ data: new Uint8Array(), final: false })
  }

  /** What was left out before it is told with it. */
  #append(chunk: Pick<ChunkDraft, 'data' | 'final'>): void {
    const { spool, clock } = this.#dependencies
    spool.append({ logChunk: { ...this.#context, atMs: clock.now(), ...chunk, ...told(this.#quota) } })
  }
}

/** The fields of a chunk that tell of what was left out in front of it. */
export function told(quota: StreamQuota): Pick<ChunkDraft, 'leftOutBytes' | 'leftOutLimit'> {
  const { leftOut } = quota
  quota.told()
  return leftOut ? { leftOutBytes: leftOut.bytes, leftOutLimit: leftOut.limit } : {}
}
