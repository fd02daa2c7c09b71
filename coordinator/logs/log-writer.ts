import type { Clock, Timer } from '../../runtime/clock.ts'
import { type RedactedStream, Redactor } from '../../runtime/redactor.ts'
import type { NewLogChunk } from './log-rows.ts'
import type { LogStore } from './log-store.ts'

/** A chunk is stored when it has this size or age, whichever comes first: live to a watcher, cheap to the store. */
const maxChunkBytes = 64 * 1024
const maxChunkAgeMs = 200

interface WriterOptions {
  readonly rolloutId: string
  readonly releaseId: string
  readonly app: string
  readonly stream: string
}

interface Dependencies {
  readonly store: LogStore
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** Takes secrets out of what is written; a line is stored when it is whole, then. */
  readonly redactor?: Redactor
}

/** Cuts one stream of the coordinator's own (a build's output) into numbered chunks and stores them in order. */
export class LogWriter {
  readonly #options: WriterOptions
  readonly #dependencies: Dependencies
  readonly #input: RedactedStream
  #parts: Uint8Array[] = []
  #bytes = 0
  #sequence = 0
  #timer: Timer | undefined
  #storing: Promise<void> = Promise.resolve()

  constructor(options: WriterOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    const { redactor = Redactor.none } = dependencies
    this.#input = redactor.stream((bytes) => this.#take(bytes))
  }

  write(data: Uint8Array | string): void {
    this.#input.write(typeof data === 'string' ? new TextEncoder().encode(data) : data)
  }

  #take(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += maxChunkBytes)
      this.#buffer(bytes.subarray(offset, offset + maxChunkBytes))
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  /** Stores what is buffered; resolves once all of the stream so far is stored. */
  async flush(): Promise<void> {
    this.#input.flush()
    this.#cut()
    await this.#storing
  }

  /** Stores what is buffered and that nothing follows; resolves once that is stored. */
  async end(): Promise<void> {
    this.#input.flush()
    this.#cut(true)
    await this.#storing
  }

  #buffer(bytes: Uint8Array): void {
    if (this.#bytes + bytes.length > maxChunkBytes) this.#cut()
    this.#parts.push(bytes)
    this.#bytes += bytes.length
    this.#timer ??= this.#dependencies.clock.after(maxChunkAgeMs, () => this.#cut())
  }

  #cut(final = false): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#bytes === 0 && !final) return
    const chunk: NewLogChunk = {
      ...this.#options,
      host: '',
      sequence: this.#sequence++,
      atMs: this.#dependencies.clock.now(),
      data: Buffer.concat(this.#parts),
      gapBytes: 0,
      final,
    }
    this.#parts = []
    this.#bytes = 0
    this.#storing = this.#storing.then(() => this.#dependencies.store.append([chunk])).catch(this.#dependencies.onError)
  }
}
