import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import type { Clock } from '../../runtime/clock.ts'
import { systemErrorCode } from '../../runtime/errors.ts'
import { maxChunkBytes, type StreamContext } from '../logs/log-shipper.ts'
import { characterCut, lineCut } from '../logs/text-cut.ts'
import type { Spool } from '../spool/spool.ts'

interface Dependencies {
  readonly spool: Pick<Spool, 'append' | 'mark' | 'setMark'>
  readonly clock: Clock
}

interface TailOptions {
  readonly path: string
  /** Names the offset in the spool; unique on the host. */
  readonly markKey: string
  /** Longer files are copied to `<path>.1` and emptied, once everything in them is in the spool. */
  readonly maxFileBytes: number
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

  constructor(options: TailOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** Ships what was written since; `all` goes on to the end of the file. */
  poll(context: StreamContext, all = false): void {
    const file = openIfThere(this.#options.path)
    if (file === undefined) return
    try {
      const size = this.#ship(file, context, all)
      if (size !== undefined && size > this.#options.maxFileBytes) this.#rotate(file, context)
    } finally {
      closeSync(file)
    }
  }

  /** Returns the file's size when all of it is shipped. */
  #ship(file: number, context: StreamContext, all: boolean): number | undefined {
    const { spool, clock } = this.#dependencies
    const { markKey } = this.#options
    let shipped = 0
    for (;;) {
      const size = fstatSync(file).size
      const noted = spool.mark(markKey) ?? 0
      // Somebody emptied the file: it is read from its start.
      const offset = noted > size ? 0 : noted
      if (offset === size) return size
      if (shipped >= maxBytesPerPoll && !all) return undefined
      const buffer = Buffer.allocUnsafe(Math.min(maxChunkBytes, size - offset))
      const read = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset))
      const data = read.subarray(
        0,
        offset + read.length < size ? lineCut(read) : all ? read.length : characterCut(read),
      )
      // The first bytes of a character whose rest is still to come.
      if (data.length === 0) return undefined
      const mark = { key: markKey, value: offset + data.length }
      spool.append({ logChunk: { ...context, atMs: clock.now(), data, final: false } }, mark)
      shipped += data.length
    }
  }

  /** Copy and truncate, since the app holds the file open. Lines written between the last look and the cut are lost: microseconds. */
  #rotate(file: number, context: StreamContext): void {
    copyFileSync(this.#options.path, `${this.#options.path}.1`)
    const size = this.#ship(file, context, true)
    if (size === undefined) return
    ftruncateSync(file, 0)
    this.#dependencies.spool.setMark({ key: this.#options.markKey, value: 0 })
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error
    return undefined
  }
}
