import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeSpoolRecord, type SpoolRecord } from '../../proto/session.ts'
import { decodeFrame, FrameKind } from './frame.ts'
import { addLoss, type Losses, noLosses } from './losses.ts'
import type { SpoolMemory } from './memory.ts'

const extension = '.seg'
/** Longer than any frame: a log chunk has 64 KiB, a header at most a thousand streams. */
const minReadBytes = 512 * 1024
const fdatasyncAsync = promisify(fdatasync)

interface RecordFrame {
  readonly record: SpoolRecord
  readonly bytes: number
  /** Offset behind it. */
  readonly end: number
}

/** A file of consecutive records, named by the number its first record has or will have. */
export class Segment {
  readonly first: number
  readonly #path: string
  readonly #file: number
  /** Bytes of whole frames. */
  bytes: number

  private constructor(path: string, first: number, file: number, bytes: number) {
    this.#path = path
    this.first = first
    this.#file = file
    this.bytes = bytes
  }

  static create(directory: string, first: number, header: Buffer): Segment {
    const path = join(directory, `${String(first).padStart(16, '0')}${extension}`)
    const segment = new Segment(path, first, openSync(path, 'w+', 0o600), 0)
    try {
      segment.append(header)
      return segment
    } catch (error) {
      segment.remove()
      throw error
    }
  }

  static open(directory: string, first: number): Segment {
    const path = join(directory, `${String(first).padStart(16, '0')}${extension}`)
    const file = openSync(path, 'r+')
    return new Segment(path, first, file, fstatSync(file).size)
  }

  /** The first number of a segment file; undefined for other files. */
  static firstOf(fileName: string): number | undefined {
    return fileName.endsWith(extension) ? Number(fileName.slice(0, -extension.length)) : undefined
  }

  /** Writes a whole frame or nothing: what a full disk let through of it is cut off again. */
  append(frame: Buffer): void {
    let written = 0
    try {
      while (written < frame.length)
        written += writeSync(this.#file, frame, written, frame.length - written, this.bytes + written)
    } catch (error) {
      ftruncateSync(this.#file, this.bytes)
      throw error
    }
    this.bytes += frame.length
  }

  /**
   * Reads the whole segment into `memory`, cuts off what follows the last whole frame, and
   * returns the number of its last record (`first - 1` when it has none).
   */
  recover(memory: SpoolMemory): number {
    const content = readFileSync(this.#path)
    let last = this.first - 1
    let offset = 0
    for (let frame = decodeFrame(content, 0); frame; frame = decodeFrame(content, offset)) {
      offset += frame.length
      if (frame.mark) memory.sawMark(frame.mark)
      if (frame.kind === FrameKind.header) memory.restore(frame.body)
      if (frame.kind === FrameKind.record) {
        const record = decodeSpoolRecord(frame.body)
        if (record.logChunk) memory.sawChunk(record.logChunk)
        last = record.number
      }
    }
    if (offset < content.length) ftruncateSync(this.#file, offset)
    this.bytes = offset
    return last
  }

  /**
   * Up to `maxBytes` of frames from `offset`; at least one frame when there is a whole one.
   * `damaged` when bytes follow that are no frame.
   */
  read(offset: number, maxBytes: number): { frames: RecordFrame[]; end: number; damaged: boolean } {
    const buffer = Buffer.allocUnsafe(Math.min(this.bytes - offset, Math.max(maxBytes, minReadBytes)))
    const length = readSync(this.#file, buffer, 0, buffer.length, offset)
    const content = buffer.subarray(0, length)
    const frames: RecordFrame[] = []
    let position = 0
    for (let frame = decodeFrame(content, 0); frame; frame = decodeFrame(content, position)) {
      position += frame.length
      if (frame.kind === FrameKind.record)
        frames.push({ record: decodeSpoolRecord(frame.body), bytes: frame.length, end: offset + position })
      if (position >= maxBytes) break
    }
    // A frame that did not fit into the buffer is no damage; the first one always fits.
    return { frames, end: offset + position, damaged: position === 0 && length > 0 }
  }

  /** What its records hold, as far as they can be read. */
  losses(): Losses {
    let losses = noLosses
    for (let offset = 0, done = false; offset < this.bytes && !done; ) {
      const { frames, end, damaged } = this.read(offset, minReadBytes)
      for (const { record, bytes } of frames) losses = addLoss(losses, record, bytes)
      done = damaged
      offset = end
    }
    return losses
  }

  sync(): Promise<void> {
    return fdatasyncAsync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }

  remove(): void {
    closeSync(this.#file)
    rmSync(this.#path, { force: true })
  }
}
