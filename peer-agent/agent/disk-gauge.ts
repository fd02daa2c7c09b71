import { statfs } from 'node:fs/promises'
import type { Clock } from '../../runtime/clock.ts'

export interface DiskSpace {
  readonly diskFreeBytes: number
  readonly diskTotalBytes: number
}

/** A heartbeat must cost nothing and never wait for a disk that hangs: it tells what was found last. */
const maxAgeMs = 30_000

/** Free and total bytes of the file system that holds a directory; both 0 until they were read once. */
export class DiskGauge {
  readonly #directory: string
  readonly #clock: Clock
  #space: DiskSpace = { diskFreeBytes: 0, diskTotalBytes: 0 }
  #readMs = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(directory: string, { clock }: { clock: Clock }) {
    this.#directory = directory
    this.#clock = clock
  }

  /** What is known now; what is old is read again for the next call. */
  get space(): DiskSpace {
    if (this.#clock.monotonicMs() - this.#readMs >= maxAgeMs) void this.read()
    return this.#space
  }

  /** One reading at a time; what cannot be read stays as it was known. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    const stats = await statfs(this.#directory).catch(() => undefined)
    this.#readMs = this.#clock.monotonicMs()
    if (!stats) return
    const { bavail, blocks, bsize } = stats
    this.#space = { diskFreeBytes: bavail * bsize, diskTotalBytes: blocks * bsize }
  }
}
