import { hash } from 'node:crypto'
import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { endianness } from 'node:os'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { Bitfield } from '../engine/bitfield.ts'
import type { InfoHash } from '../identifiers.ts'
import type { FileStamps } from './file-set.ts'

/** What a journal says about an earlier run. */
export interface JournalClaim {
  readonly pieces: Bitfield
  /**
   * The run ended in order after all data was on the disk, and nobody has written to the files since; else every claim
   * must be checked.
   */
  readonly isClean: boolean
}

const headerBytes = 24
const magic = 'RKP1'
/** Stands in place of a piece index at the end of a run that ended in order; a seal follows, and nothing else. */
const cleanMark = 0xffff_ffff
const sealBytes = 20

/**
 * Which pieces are in the part file: the info hash, then four bytes (big-endian index) for each piece that was verified
 * and written. It is appended to, so that what a killed process had is known up to its last moment. A run that ended in
 * order sealed it: with a digest over all of it and over the state of the files that it speaks of.
 */
export class PieceJournal {
  readonly #path: string
  #file: FileHandle | undefined
  #waiting: number[] = []
  #writing: Promise<void> | undefined

  /** A note got lost or torn: what follows would be read wrongly. */
  #isBroken = false

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** What an earlier run left; undefined when there is nothing of use. */
  static async load(
    path: string,
    infoHash: InfoHash,
    pieceCount: number,
    stamps: FileStamps | undefined,
  ): Promise<JournalClaim | undefined> {
    let bytes: Buffer
    try {
      bytes = await readFile(path)
    } catch {
      return undefined
    }
    if (!bytes.subarray(0, headerBytes).equals(header(infoHash))) return undefined
    const end = bytes.length - sealBytes
    const isClean =
      stamps !== undefined && end > headerBytes && bytes.subarray(end).equals(seal(bytes.subarray(0, end), stamps))
    const pieces = new Bitfield(pieceCount)
    for (let at = headerBytes; at + 4 <= bytes.length; at += 4) {
      const index = bytes.readUInt32BE(at)
      if (index === cleanMark) break
      if (index < pieceCount) pieces.set(index)
    }
    return { pieces, isClean }
  }

  /** Begins a run; the file no longer says that the last one ended in order. */
  static async begin(path: string, infoHash: InfoHash, held: Bitfield): Promise<PieceJournal> {
    await writeFileDurably(path, Buffer.concat([header(infoHash), notes(held.indexes())]))
    return new PieceJournal(path, await open(path, 'a'))
  }

  /** Notes a piece that was verified and written. A note that gets lost costs one piece fetched again, no more. */
  add(piece: number): void {
    this.#waiting.push(piece)
    this.#writing ??= this.#drain()
  }

  /** Ends the run in order; the data must be on the disk for good before, and `stamps` be the state of its files since. */
  async endClean(stamps: FileStamps): Promise<void> {
    this.add(cleanMark)
    await this.#writing
    if (this.#file && !this.#isBroken) {
      await this.#file.appendFile(seal(await readFile(this.#path), stamps))
      await this.#file.sync()
    }
    await this.close()
  }

  async close(): Promise<void> {
    await this.#writing
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.#path, { force: true })
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = notes(this.#waiting.splice(0))
        if (!this.#isBroken) await this.#file?.appendFile(batch)
      }
    } catch {
      // A full disk: the next write of a piece reports it. Half a note may stand there, so none may follow it.
      this.#isBroken = true
    }
    this.#writing = undefined
  }
}

function seal(journal: Uint8Array, stamps: FileStamps): Buffer {
  return hash('sha1', Buffer.concat([journal, Buffer.from([...stamps.values()].join('\n'))]), 'buffer')
}

function header(infoHash: InfoHash): Buffer {
  return Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.from(infoHash, 'hex')])
}

function notes(pieces: Iterable<number>): Uint8Array {
  const words = Uint32Array.from(pieces)
  const bytes = Buffer.from(words.buffer)
  return endianness() === 'LE' ? bytes.swap32() : bytes
}
