import { Bitfield } from '../engine/bitfield.ts'
import type { PieceIndex } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { ChunkCache } from './chunk-cache.ts'
import { Destination } from './destination.ts'
import { FileSet } from './file-set.ts'
import { blockDigests, isPiece } from './piece-hash.ts'
import { PieceJournal } from './piece-journal.ts'
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

interface PieceCheck {
  readonly isGood: boolean
  readonly blockDigests?: readonly string[]
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
 */
export class PieceStore {
  /** Pieces found on the disk and verified when the store was opened. */
  readonly found: Bitfield
  readonly #metainfo: Metainfo
  readonly #destination: Destination
  readonly #cache: ChunkCache
  #files: FileSet
  #journal: PieceJournal | undefined
  readonly #receiving = new Map<PieceIndex, Uint8Array>()
  /** Buffers of whole pieces that nobody uses now. */
  readonly #spare: Uint8Array[] = []
  readonly #reading = new Map<string, Promise<void>>()
  /** Set while files change their names. */
  #moving: Promise<void> | undefined
  #writes = 0
  #onIdle: (() => void) | undefined

  private constructor(
    options: PieceStoreOptions,
    cache: ChunkCache,
    opened: { found: Bitfield; files: FileSet; journal?: PieceJournal; destination: Destination },
  ) {
    this.#metainfo = options.metainfo
    this.#cache = cache
    this.found = opened.found
    this.#files = opened.files
    this.#journal = opened.journal
    this.#destination = opened.destination
  }

  /** Looks at what is on the disk, verifies it and makes the store ready. Reads all that it may use. */
  static async open(options: PieceStoreOptions, cache: ChunkCache, signal: AbortSignal): Promise<PieceStore> {
    const { metainfo } = options
    const destination = new Destination(metainfo, options.directory, options.fileName)
    const finals = new FileSet(metainfo, destination.finalPath, { isWritable: false })
    const parts = new FileSet(metainfo, destination.partPath, { isWritable: true })
    try {
      const hasRightSizes = await finals.hasRightSizes()
      const everything = Bitfield.full((await destination.hasFinal()) ? metainfo.pieceCount : 0)
      const isBelieved = options.isVerified && hasRightSizes
      const inFinal = isBelieved ? everything : await verifyPieces(metainfo, finals, everything, signal)
      const isComplete = inFinal.isFull && hasRightSizes
      if (isComplete) await destination.removePart()
      if (isComplete || options.isReadOnly)
        return new PieceStore(options, cache, { found: inFinal, files: finals, destination })

      const found = await piecesInPart(metainfo, destination, parts, signal)
      await parts.create()
      const journal = await PieceJournal.begin(destination.journalPath, metainfo.infoHash, found)
      const store = new PieceStore(options, cache, { found, files: parts, journal, destination })
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
      bytes = (this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#metainfo.pieceLengthBytes)).subarray(0, length)
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
    const bytes = this.#receiving.get(piece)!
    this.#receiving.delete(piece)
    const isGood = isPiece(this.#metainfo, piece, bytes)
    const digests = withDigests || !isGood ? blockDigests(bytes) : undefined
    if (isGood) await this.#write(piece, bytes)
    this.#recycle(bytes)
    return { isGood, blockDigests: digests }
  }

  /** A block of a held piece; at once when it is in memory. `release` the bytes when they are no longer looked at. */
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

  /** All pieces are held: makes them durable and gives them their final names. */
  async finish(): Promise<void> {
    if (!this.#journal) return
    await this.#settle()
    await this.#files.sync()
    this.#moving = this.#destination.publish(this.#files)
    await this.#moving
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
        await this.#journal.endClean()
      }
    } finally {
      await this.#journal?.close()
      await this.#files.close()
    }
  }

  async #write(piece: PieceIndex, bytes: Uint8Array): Promise<void> {
    this.#writes++
    try {
      await this.#files.write(piece * this.#metainfo.pieceLengthBytes, bytes)
    } finally {
      this.#writes--
      if (this.#writes === 0) this.#onIdle?.()
    }
    this.#journal?.add(piece)
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
    await this.#files.read(piece * this.#metainfo.pieceLengthBytes + offset, bytes)
    return bytes
  }

  /** Takes over the pieces of a complete-looking file that was not. */
  async #copyFrom(source: FileSet, pieces: Bitfield, signal: AbortSignal): Promise<void> {
    for (const piece of pieces.indexes()) {
      if (this.found.has(piece)) continue
      signal.throwIfAborted()
      const bytes = Buffer.allocUnsafeSlow(pieceLength(this.#metainfo, piece))
      await source.read(piece * this.#metainfo.pieceLengthBytes, bytes)
      if (!isPiece(this.#metainfo, piece, bytes)) continue
      await this.#files.write(piece * this.#metainfo.pieceLengthBytes, bytes)
      this.found.set(piece)
      this.#journal?.add(piece)
    }
  }

  /** Resolves when no write is under way. */
  #settle(): Promise<void> {
    if (this.#writes === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onIdle = resolve
    })
  }

  #keyOf(piece: PieceIndex, offset: number): string {
    return `${this.#metainfo.infoHash} ${piece} ${offset}`
  }
}

/** What an earlier run left in the part files, as far as it is true. */
async function piecesInPart(
  metainfo: Metainfo,
  destination: Destination,
  parts: FileSet,
  signal: AbortSignal,
): Promise<Bitfield> {
  const claim = await PieceJournal.load(destination.journalPath, metainfo.infoHash, metainfo.pieceCount)
  if (!claim || !(await destination.hasPart())) {
    await destination.removePart()
    return new Bitfield(metainfo.pieceCount)
  }
  return claim.isClean && (await parts.hasRightSizes())
    ? claim.pieces
    : verifyPieces(metainfo, parts, claim.pieces, signal)
}
