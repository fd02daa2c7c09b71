import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CounterWindowsDraft,
  encodeSpoolRecord,
  type LogChunk,
  type SpoolRecord,
  type SpoolRecordDraft,
} from '../../proto/session.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import type { Random } from '../../runtime/random.ts'
import { encodeFrame, FrameKind, type Mark } from './frame.ts'
import { GapList } from './gap-list.ts'
import { addLoss, noLosses } from './losses.ts'
import { SpoolMemory } from './memory.ts'
import { Segment } from './segment.ts'

/** A chunk of a stream; the spool gives it its sequence number. */
export type ChunkDraft = Pick<LogChunk, 'stream' | 'rolloutId' | 'app' | 'releaseId' | 'atMs' | 'data' | 'final'> &
  Partial<Pick<LogChunk, 'leftOutBytes' | 'leftOutLimit'>>
export type SpoolBody = { readonly logChunk: ChunkDraft } | { readonly counterWindows: CounterWindowsDraft }

export interface SpoolOptions {
  readonly directory: string
  /** All segments together; beyond it the oldest is dropped, and a Gap record takes its place. */
  readonly maxBytes: number
}

/** The spool is cut into about so many segments: what is dropped at once for want of room. */
const segmentsPerSpool = 16
const minSegmentBytes = 16 * 1024
const maxSegmentBytes = 8 * 1024 * 1024
const nothingLost = { records: 0, bytes: 0, losses: noLosses }

/**
 * Numbered records that wait on disk until the coordinator has stored them.
 *
 * Invariants: numbers grow by one and are never given twice; the newest segment always stays, so that numbers
 * survive a restart; a record, its stream's sequence number and its mark are one write; a record is sent only after
 * `sync`, so that what the coordinator acknowledged was never lost here.
 */
export class Spool {
  readonly id: string
  readonly #directory: string
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #memory = new SpoolMemory()
  readonly #gaps: GapList
  /** Oldest first; the last one is written to. */
  readonly #segments: Segment[]
  #lastNumber: number
  /** Segments written to since they were synced. */
  readonly #unsynced = new Set<Segment>()
  #sentThrough = 0
  #closed = false
  /** Records that a full disk kept out since the last that was written. */
  #lost = nothingLost
  /** Where the record after `number` starts. */
  #cursor: { number: number; segment: Segment; offset: number } | undefined
  #onAppend: () => void = () => {}

  /** Opens a spool or begins one; a record that was cut off by the end of the process before is taken away. */
  static async open(options: SpoolOptions, { random }: { random: Random }): Promise<Spool> {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    const idFile = join(options.directory, 'id')
    if (!existsSync(idFile)) await writeFileDurably(idFile, Buffer.from(random.bytes(8)).toString('hex'), 0o600)
    return new Spool(readFileSync(idFile, 'utf8'), options)
  }

  private constructor(id: string, { directory, maxBytes }: SpoolOptions) {
    this.id = id
    this.#directory = directory
    this.#maxBytes = maxBytes
    this.#segmentBytes = Math.min(maxSegmentBytes, Math.max(minSegmentBytes, Math.floor(maxBytes / segmentsPerSpool)))
    this.#gaps = new GapList(join(directory, 'gaps.json'))
    this.#segments = readdirSync(directory)
      .map((name) => Segment.firstOf(name))
      .filter((first) => first !== undefined)
      .sort((a, b) => a - b)
      .map((first) => Segment.open(directory, first))
    // Killed between the note of a gap and the removal of what it replaces.
    while (this.#segments.length > 1 && this.#segments[0]!.first <= this.#gaps.last) this.#segments.shift()!.remove()
    this.#lastNumber = this.#recoverLast()
  }

  /** Number of the newest record; 0 when there never was one. */
  get lastNumber(): number {
    return this.#lastNumber
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  /** The value of the last mark written under `key`. */
  mark(key: string): number | undefined {
    return this.#memory.mark(key)
  }

  /** Called after every record that was appended. */
  onAppend(listener: () => void): void {
    this.#onAppend = listener
  }

  /** Appends a record, and `mark` together with it. A disk without room loses the record, and a Gap record tells so. */
  append(body: SpoolBody, mark?: Mark): void {
    if (this.#closed) return
    const draft = this.#numbered(body)
    const encoded = encodeSpoolRecord(draft)
    const written = this.#write(Buffer.concat([this.#lossFrame(), encodeFrame(FrameKind.record, encoded, mark)]))
    this.#lastNumber++
    if (draft.logChunk) this.#memory.sawChunk(draft.logChunk as LogChunk)
    if (mark) this.#memory.sawMark(mark)
    const { records, bytes, losses } = this.#lost
    this.#lost = written
      ? nothingLost
      : { records: records + 1, bytes: bytes + encoded.length, losses: addLoss(losses, draft, encoded.length) }
    this.#onAppend()
  }

  setMark(mark: Mark): void {
    if (this.#closed) return
    this.#memory.sawMark(mark)
    this.#write(encodeFrame(FrameKind.mark, new Uint8Array(), mark))
  }

  /** Makes every record so far survive a power cut. */
  async sync(): Promise<void> {
    const segments = this.#closed ? [] : [...this.#unsynced]
    this.#unsynced.clear()
    for (const segment of segments) {
      try {
        await segment.sync()
      } catch (error) {
        // Dropped meanwhile: nothing of it is sent.
        if (this.#segments.includes(segment)) throw error
      }
    }
  }

  /** Records after number `after` and up to `through`, in order: about `maxBytes` of them. Gaps stand where records are missing. */
  read(after: number, through: number, maxBytes: number): SpoolRecord[] {
    const range = this.#gaps.ranges.find((gap) => gap.last > after)
    if (range) {
      this.#sentThrough = Math.max(this.#sentThrough, range.last)
      return [gapRecord(Math.max(range.first, after + 1), range.last, range.bytes, range)]
    }
    const records = this.#readSegments(after, through, maxBytes)
    this.#sentThrough = Math.max(this.#sentThrough, records.at(-1)?.number ?? 0)
    return records
  }

  /** Everything up to `number` is stored by the coordinator and may go. */
  acknowledge(number: number): void {
    // The coordinator knows more than we do only if our disk lost what was synced: the numbers are not given twice.
    if (number > this.#lastNumber) this.#skipTo(number)
    this.#gaps.acknowledge(number)
    while (this.#segments.length > 1 && this.#segments[1]!.first - 1 <= number) this.#removeOldest()
    const active = this.#segments.at(-1)!
    if (this.#lastNumber <= number && active.bytes > this.#segmentBytes / 2) this.#dropActive()
  }

  /** What is appended later is lost: the numbers of the files may belong to others by then. */
  close(): void {
    this.#closed = true
    for (const segment of this.#segments) segment.close()
  }

  #recoverLast(): number {
    let last = 0
    for (let active = this.#segments.at(-1); active; active = this.#segments.at(-1)) {
      last = active.recover(this.#memory)
      if (active.bytes > 0) return Math.max(last, this.#gaps.last)
      // Killed before its header was whole: it never held a record, and the one before it goes on.
      if (this.#segments.length === 1) break
      this.#segments.pop()!.remove()
    }
    const next = Math.max(last, this.#gaps.last) + 1
    this.#segments.pop()?.remove()
    this.#segments.push(this.#newSegment(next))
    return next - 1
  }

  #newSegment(first: number): Segment {
    return Segment.create(this.#directory, first, encodeFrame(FrameKind.header, this.#memory.encode()))
  }

  #numbered(body: SpoolBody): SpoolRecordDraft {
    const number = this.#lastNumber + 1
    if ('counterWindows' in body) return { number, counterWindows: body.counterWindows }
    const { rolloutId, stream } = body.logChunk
    return { number, logChunk: { ...body.logChunk, sequence: this.#memory.nextSequence(rolloutId, stream) } }
  }

  /** The Gap record for what a full disk kept out before; empty when nothing was. It goes with the record behind it. */
  #lossFrame(): Buffer {
    const { records, bytes, losses } = this.#lost
    if (records === 0) return Buffer.alloc(0)
    const gap = { firstNumber: this.#lastNumber - records + 1, lastNumber: this.#lastNumber, bytes, ...losses }
    return encodeFrame(FrameKind.record, encodeSpoolRecord({ number: this.#lastNumber, gap }))
  }

  #write(frame: Buffer): boolean {
    try {
      if (this.#segments.at(-1)!.bytes + frame.length > this.#segmentBytes) this.#rotate()
      while (this.bytes + frame.length > this.#maxBytes && this.#segments.length > 1) this.#dropOldest()
      this.#segments.at(-1)!.append(frame)
      this.#unsynced.add(this.#segments.at(-1)!)
      return true
    } catch {
      return false
    }
  }

  /** Starts the next segment, unless this one holds no record yet. */
  #rotate(): boolean {
    const active = this.#segments.at(-1)!
    const next = this.#lastNumber - this.#lost.records + 1
    if (active.first === next) return false
    this.#segments.push(this.#newSegment(next))
    return true
  }

  #dropOldest(): void {
    const [oldest, following] = this.#segments as [Segment, Segment]
    const first = Math.max(oldest.first, this.#gaps.last + 1)
    const range = { first, last: following.first - 1, bytes: oldest.bytes, ...oldest.losses() }
    this.#gaps.add(range, this.#sentThrough)
    this.#removeOldest()
  }

  #removeOldest(): void {
    const oldest = this.#segments.shift()!
    if (this.#cursor?.segment === oldest) this.#cursor = undefined
    this.#unsynced.delete(oldest)
    oldest.remove()
  }

  #skipTo(number: number): void {
    this.#lastNumber = number
    this.#lost = nothingLost
    this.#dropActive()
  }

  #dropActive(): void {
    try {
      if (this.#rotate()) while (this.#segments.length > 1) this.#removeOldest()
    } catch {
      // No room for a new segment now: the next acknowledgement tries again.
    }
  }

  #readSegments(after: number, through: number, maxBytes: number): SpoolRecord[] {
    const records: SpoolRecord[] = []
    let { segment, offset } = this.#locate(after)
    let last = after
    for (let left = maxBytes; left > 0 && last < through; ) {
      if (offset >= segment.bytes) {
        const next = this.#segments[this.#segments.indexOf(segment) + 1]
        if (!next) break
        // Damage at the end of a segment: what it held up to the next one is gone, and is told.
        if (next.first > last + 1) records.push(gapRecord(last + 1, next.first - 1, 1))
        last = Math.max(last, next.first - 1)
        segment = next
        offset = 0
        continue
      }
      const { frames, end, damaged } = segment.read(offset, left)
      for (const frame of frames) {
        if (frame.record.number > through) break
        if (frame.record.number > last) {
          records.push(frame.record)
          last = frame.record.number
          left -= frame.bytes
        }
        offset = frame.end
      }
      if (last < through) offset = damaged ? segment.bytes : end
    }
    this.#cursor = { number: last, segment, offset }
    return records
  }

  #locate(after: number): { segment: Segment; offset: number } {
    if (this.#cursor?.number === after) return this.#cursor
    const segment = this.#segments.findLast((candidate) => candidate.first <= after + 1) ?? this.#segments[0]!
    return { segment, offset: 0 }
  }
}

function gapRecord(firstNumber: number, lastNumber: number, bytes: number, losses = noLosses): SpoolRecord {
  const { streams, otherBytes } = losses
  const gap = { firstNumber, lastNumber, bytes, streams, otherBytes }
  return { number: lastNumber, logChunk: null, counterWindow: null, counterWindows: null, gap }
}
