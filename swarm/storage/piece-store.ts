import { mkdir } from 'node:fs/promises'
import { Bitfield } from '../engine/bitfield.ts'
import type { PieceIndex } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { ChunkCache } from './chunk-cache.ts'
import { Destination } from './destination.ts'
import { requireRoom } from './disk-room.ts'
import { FileSet, FileTooShort } from './file-set.ts'
import { PieceGuard } from './piece-guard.ts'
import { checkPiece, type PieceCheck } from './piece-hash.ts'
import { PieceJournal } from './piece-journal.ts'
import { PieceLost } from './piece-lost.ts'
import { verifyPieces } from './verification.ts'

interface PieceStoreOptions {
  readonly metainfo: Metainfo
  /** Holds the final file or directory, and beside it the part that is being fetched. */
  readonly directory: string
  readonly fileName?: string
  /** Write nothing: what is missing stays missing. */
  readonly isReadOnly?: boolean
  /** The caller has just checked every piece under the final name: believe it, if the sizes are right. */
  readonly isVerified?: boolean
}

/** Unit of reading: long enough for a disk, short enough that a block of a stranger's choice pins little memory. */
const chunkBytes = 256 * 1024
const maxSpareBytes = 8 * 1024 * 1024

/**
 * A torrent's pieces in memory and on the disk.
 *
 * - A piece that is being received is in memory alone; it is written once it has verified, so that the part file
 *   never holds a bad byte.
 * - While pieces are missing the files have part names. `finish` puts them on the disk for good and renames them.
 * - What the last run had is found again by the journal; what stands at the final name is used as far as it verifies.
 * - Nobody gets a byte of a file that was changed by others until its piece has verified again. Only of a fetch that is
 *   not complete, changes by others can be missed: our own writes hide them.
 */
export class PieceStore {
  /** Pieces found on the disk and verified when the store was opened. */
  readonly found: Bitfield
  readonly #metainfo: Metainfo
  readonly #destination: Destination
  readonly #cache: ChunkCache
  readonly #guard: PieceGuard
  #files: FileSet
  #journal: PieceJournal | undefined
  readonly #receiving = new Map<PieceIndex, Uint8Array>()
  /** Buffers of whole pieces that nobody uses now. */
  readonly #spare: Uint8Array[] = []
  readonly #reading = new Map<string, Promise<void>>()
  /** One doubted piece after the other, so that one is in memory at most. */
  #recheck: Promise<unknown> = Promise.resolve()
  /** Set while files change their names. */
  #moving: Promise<void> | undefined
  #jobs = 0
  #onIdle: (() => void) | undefined

  private constructor(
    options: PieceStoreOptions,
    cache: ChunkCache,
    opened: { found: Bitfield; files: FileSet; journal?: PieceJournal; destination: Destination; guard: PieceGuard },
  ) {
    this.#metainfo = options.metainfo
    this.#cache = cache
    this.found = opened.found
    this.#files = opened.files
    this.#journal = opened.journal
    this.#destination = opened.destination
    this.#guard = opened.guard
  }

  /** Looks at what is on the disk, verifies it and makes the store ready. Reads all that it may use. */
  static async open(options: PieceStoreOptions, cache: ChunkCache, signal: AbortSignal): Promise<PieceStore> {
    const { metainfo } = options
    const destination = new Destination(metainfo, options.directory, options.fileName)
    const finals = new FileSet(metainfo, destination.finalPath, { isWritable: false })
    const parts = new FileSet(metainfo, destination.partPath, { isWritable: true })
    try {
      const stamps = await finals.stamps()
      const everything = Bitfield.full((await destination.hasFinal()) ? metainfo.pieceCount : 0)
      const isBelieved = options.isVerified && stamps !== undefined
      const inFinal = isBelieved ? everything : await verifyPieces(metainfo, finals, everything, signal)
      const isComplete = inFinal.isFull && stamps !== undefined
      if (isComplete) await destination.removePart()
      if (isComplete || options.isReadOnly) {
        const guard = new PieceGuard(metainfo)
        guard.watch(stamps)
        return new PieceStore(options, cache, { found: inFinal, files: finals, destination, guard })
      }

      const { found, doubted } = await piecesInPart(metainfo, destination, parts, signal)
      await mkdir(options.directory, { recursive: true })
      await requireRoom(parts, options.directory, metainfo.name)
      await parts.create()
      const journal = await PieceJournal.begin(destination.journalPath, metainfo.infoHash, found)
      const guard = new PieceGuard(metainfo, doubted)
      const store = new PieceStore(options, cache, { found, files: parts, journal, destination, guard })
      await store.#copyFrom(finals, inFinal, signal)
      await finals.close()
      return store
    } catch (error) {
      await Promise.all([finals.close(), parts.close()])
      throw error
    }
  }

  /** Copies a block into its piece's memory. */
  storeBlock(piece: PieceIndex, offset: number, data: Uint8Array): void {
    let bytes = this.#receiving.get(piece)
    if (!bytes) {
      const length = pieceLength(this.#metainfo, piece)
      bytes = (this.#spare.pop() ?? this.#cache.allocate(this.#metainfo.pieceLengthBytes)).subarray(0, length)
      this.#receiving.set(piece, bytes)
    }
    bytes.set(data, offset)
  }

  discard(piece: PieceIndex): void {
    const bytes = this.#receiving.get(piece)
    this.#receiving.delete(piece)
    if (bytes) this.#recycle(bytes)
  }

  /** Verifies a received piece and writes it when it is good; rejects when the disk refuses. */
  async check(piece: PieceIndex, withDigests: boolean): Promise<PieceCheck> {
    const received = this.#receiving.get(piece)!
    this.#receiving.delete(piece)
    return this.#busy(async () => {
      const { bytes, ...result } = await checkPiece(this.#metainfo, piece, received, withDigests)
      if (result.isGood) await this.#write(piece, bytes)
      // What has just come is what peers ask for next.
      if (result.isGood && bytes.length <= chunkBytes) this.#cache.put(this.#keyOf(piece, 0), bytes)
      else this.#recycle(bytes)
      return result
    })
  }

  /**
   * A block of a held piece; at once when it is in memory. `release` the bytes when they are no longer looked at.
   * Rejects with PieceLost when the disk no longer has it.
   */
  read(piece: PieceIndex, offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const within = offset % chunkBytes
    if (within + length > chunkBytes) return this.#readInto(Buffer.allocUnsafeSlow(length), piece, offset)
    const key = this.#keyOf(piece, offset - within)
    const chunk = this.#cache.get(key)
    if (chunk) return chunk.subarray(within, within + length)
    return this.#readChunk(key, piece, offset - within).then(() => this.read(piece, offset, length))
  }

  release(bytes: Uint8Array): void {
    this.#cache.release(bytes)
  }

  /**
   * All pieces are held: makes them durable and gives them their final names. What an earlier run vouched for is hashed
   * first; rejects with PieceLost when it is wrong.
   */
  async finish(): Promise<void> {
    if (!this.#journal) return
    await this.#settle()
    for (const piece of this.#guard.doubted.indexes()) await this.#readDoubted(piece as PieceIndex)
    await this.#files.sync()
    this.#moving = this.#destination.publish(this.#files)
    await this.#moving
    this.#guard.watch(await this.#files.stamps())
    this.#moving = undefined
    await this.#journal.remove()
    this.#journal = undefined
  }

  /** Stops using the disk; a later `open` goes on without checking what is there, unless the disk has failed. */
  async close(options: { readonly hasFailed?: boolean } = {}): Promise<void> {
    await this.#settle()
    await this.#moving?.catch(() => {})
    try {
      if (this.#journal && !options.hasFailed) {
        await this.#files.sync()
        const stamps = await this.#files.stamps()
        if (stamps) await this.#journal.endClean(stamps)
      }
    } finally {
      await this.#journal?.close()
      await this.#files.close()
    }
  }

  async #write(piece: PieceIndex, bytes: Uint8Array): Promise<void> {
    await this.#files.write(piece * this.#metainfo.pieceLengthBytes, bytes)
    this.#guard.doubted.clear(piece)
    this.#journal?.add(piece)
  }

  /** The files stay open until such work is done. */
  async #busy<T>(work: () => Promise<T>): Promise<T> {
    this.#jobs++
    try {
      return await work()
    } finally {
      this.#jobs--
      if (this.#jobs === 0) this.#onIdle?.()
    }
  }

  /** Large buffers are used again: left to the garbage collector, they pile up faster than it comes by. */
  #recycle(bytes: Uint8Array): void {
    const whole = new Uint8Array(bytes.buffer, 0, this.#metainfo.pieceLengthBytes)
    if ((this.#spare.length + 1) * whole.length <= maxSpareBytes) this.#spare.push(whole)
  }

  /** Brings a chunk into the cache; several readers wait for the same reading. */
  #readChunk(key: string, piece: PieceIndex, offset: number): Promise<void> {
    const underWay = this.#reading.get(key)
    if (underWay) return underWay
    const length = Math.min(chunkBytes, pieceLength(this.#metainfo, piece) - offset)
    const reading = this.#readInto(this.#cache.allocate(length), piece, offset)
      .then((chunk) => this.#cache.put(key, chunk))
      .finally(() => this.#reading.delete(key))
    this.#reading.set(key, reading)
    return reading
  }

  async #readInto(bytes: Uint8Array, piece: PieceIndex, offset: number): Promise<Uint8Array> {
    await this.#moving
    const { doubted } = this.#guard
    if (!doubted.has(piece)) await this.#tryRead(piece, offset, bytes)
    if (doubted.has(piece)) {
      const rechecked = this.#recheck.then(() => this.#readDoubted(piece))
      this.#recheck = rechecked.catch(() => {})
      bytes.set((await rechecked).subarray(offset, offset + bytes.length))
    }
    return bytes
  }

  /** Reads, and doubts the piece when its file was cut off or has changed. */
  async #tryRead(piece: PieceIndex, offset: number, bytes: Uint8Array): Promise<void> {
    try {
      const at = piece * this.#metainfo.pieceLengthBytes + offset
      await this.#files.read(at, bytes, (file, stamp) => this.#guard.see(file, stamp))
    } catch (error) {
      if (!(error instanceof FileTooShort)) throw error
      this.#guard.doubted.set(piece)
    }
  }

  /** The whole of a piece, hashed again: what it gives is true whoever writes to the file meanwhile. */
  async #readDoubted(piece: PieceIndex): Promise<Uint8Array> {
    const wanted = Buffer.allocUnsafeSlow(pieceLength(this.#metainfo, piece))
    const { changes } = this.#guard
    await this.#tryRead(piece, 0, wanted)
    const { isGood, bytes } = await checkPiece(this.#metainfo, piece, wanted)
    if (!isGood) throw new PieceLost(this.#metainfo, piece)
    if (this.#guard.changes === changes) this.#guard.doubted.clear(piece)
    return bytes
  }

  /** Takes over the pieces of a complete-looking file that was not. */
  async #copyFrom(source: FileSet, pieces: Bitfield, signal: AbortSignal): Promise<void> {
    for (const piece of pieces.indexes()) {
      if (this.found.has(piece)) continue
      signal.throwIfAborted()
      const wanted = Buffer.allocUnsafeSlow(pieceLength(this.#metainfo, piece))
      await source.read(piece * this.#metainfo.pieceLengthBytes, wanted)
      const { isGood, bytes } = await checkPiece(this.#metainfo, piece, wanted)
      if (!isGood) continue
      await this.#files.write(piece * this.#metainfo.pieceLengthBytes, bytes)
      this.found.set(piece)
      this.#journal?.add(piece)
    }
  }

  /** Resolves when nothing is under way. */
  #settle(): Promise<void> {
    if (this.#jobs === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onIdle = resolve
    })
  }

  #keyOf(piece: PieceIndex, offset: number): string {
    return `${this.#metainfo.infoHash} ${piece} ${offset}`
  }
}

/** What an earlier run left in the part files, as far as it is true, and which of it was not looked at again. */
async function piecesInPart(
  metainfo: Metainfo,
  destination: Destination,
  parts: FileSet,
  signal: AbortSignal,
): Promise<{ found: Bitfield; doubted?: Bitfield }> {
  const { pieceCount, infoHash } = metainfo
  const claim = await PieceJournal.load(destination.journalPath, infoHash, pieceCount, await parts.stamps())
  if (!claim || !(await destination.hasPart())) {
    await destination.removePart()
    return { found: new Bitfield(pieceCount) }
  }
  if (!claim.isClean) return { found: await verifyPieces(metainfo, parts, claim.pieces, signal) }
  return { found: claim.pieces, doubted: Bitfield.fromWire(claim.pieces.bytes, pieceCount) }
}
