import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import type { Clock } from '../../runtime/clock.ts'
import { systemErrorCode } from '../../runtime/errors.ts'
import { Redactor } from '../../runtime/redactor.ts'
import type { LogQuota, StreamQuota } from '../logs/log-quota.ts'
import { maxChunkBytes, type StreamContext, told } from '../logs/log-shipper.ts'
import { characterCut, lineCut } from '../logs/text-cut.ts'
import type { Spool } from '../spool/spool.ts'

interface Dependencies {
  readonly spool: Pick<Spool, 'append' | 'mark' | 'setMark'>
  readonly clock: Clock
  readonly quota: LogQuota
}

interface TailOptions {
  readonly path: string
  /** Names the offset in the spool; unique on the host. */
  readonly markKey: string
  /** Longer files are copied to `<path>.1` and emptied, once everything in them is in the spool. */
  readonly maxFileBytes: number
  /** Hears what is shipped. */
  readonly onShipped?: (data: Buffer) => void
}

/** A flood of output must not hold the agent: the rest follows with the next poll. */
const maxBytesPerPoll = 1024 * 1024

/**
 * Follows a file the app appends to. The offset goes into the spool in one write with the bytes before it, so that after
 * any kill each byte is in the spool once.
 */
export class LogTail {
  readonly #options: TailOptions
  readonly #dependencies: Dependencies
  readonly #quota: StreamQuota
  /** How far the file is read, where that is beyond the mark: what lies between was left out, and is not told yet. */
  #skippedTo: number | undefined

  constructor(options: TailOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#quota = dependencies.quota.stream()
  }

  /** Ships what was written since, but for secrets; `all` goes on to the end of the file. */
  poll(context: StreamContext, all = false, redactor = Redactor.none): void {
    const file = openIfThere(this.#options.path)
    if (file === undefined) return
    try {
      const size = this.#ship(file, context, redactor, all)
      if (size !== undefined && size > this.#options.maxFileBytes) this.#rotate(file, context, redactor)
    } finally {
      closeSync(file)
    }
  }

  /** Returns the file's size when all of it is shipped or left out. */
  #ship(file: number, context: StreamContext, redactor: Redactor, all: boolean): number | undefined {
    const size = this.#read(file, context, redactor, all)
    if (this.#skippedTo !== undefined && (all || this.#quota.isTellingDue))
      this.#append(context, Buffer.alloc(0), this.#skippedTo)
    return size
  }

  #read(file: number, context: StreamContext, redactor: Redactor, all: boolean): number | undefined {
    let shipped = 0
    for (;;) {
      const size = fstatSync(file).size
      const offset = this.#offset(size)
      if (offset === size) return size
      if (shipped >= maxBytesPerPoll && !all) return undefined
      const buffer = Buffer.allocUnsafe(Math.min(maxChunkBytes, size - offset))
      const read = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset))
      const isLast = offset + read.length >= size
      const length = isLast && all ? read.length : redactor.isEmpty ? plainCut(read, isLast) : redactor.cut(read)
      // The first bytes of a character or of a line whose rest is still to come.
      if (length === 0) return undefined
      if (!this.#quota.isOpen) this.#skip(file, offset, isLast ? offset + length : size)
      else {
        const data = redactor.bytes(read.subarray(0, length))
        this.#append(context, data, offset + length)
        this.#quota.written(data.length)
        this.#options.onShipped?.(data)
      }
      shipped += length
    }
  }

  /** Where the next byte to look at is. */
  #offset(size: number): number {
    const noted = this.#skippedTo ?? this.#dependencies.spool.mark(this.#options.markKey) ?? 0
    // Somebody emptied the file: it is read from its start.
    return noted > size ? 0 : noted
  }

  /** Leaves out what lies between `from` and the last line before `to`, without reading it all. */
  #skip(file: number, from: number, to: number): void {
    const buffer = Buffer.allocUnsafe(Math.min(maxChunkBytes, to - from))
    const read = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, to - buffer.length))
    this.#skippedTo = to - read.length + (lineCut(read) || read.length)
    this.#quota.leaveOut(this.#skippedTo - from)
  }

  /** What was left out is told with what follows it; the mark says that both are. */
  #append(context: StreamContext, data: Buffer, value: number): void {
    const { spool, clock } = this.#dependencies
    const chunk = { ...context, atMs: clock.now(), data, final: false, ...told(this.#quota) }
    this.#skippedTo = undefined
    spool.append({ logChunk: chunk }, { key: this.#options.markKey, value })
  }

  /** Copy and truncate, since the app holds the file open. Lines written between the last look and the cut are lost: microseconds. */
  #rotate(file: number, context: StreamContext, redactor: Redactor): void {
    copyFileSync(this.#options.path, `${this.#options.path}.1`)
    const size = this.#ship(file, context, redactor, true)
    if (size === undefined) return
    ftruncateSync(file, 0)
    this.#dependencies.spool.setMark({ key: this.#options.markKey, value: 0 })
  }
}

/** Without secrets to look for, the last line need not be whole. */
function plainCut(read: Buffer, isLast: boolean): number {
  return isLast ? characterCut(read) : lineCut(read)
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error
    return undefined
  }
}
