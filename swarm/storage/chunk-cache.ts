/** A stretch of a piece in memory. */
interface Chunk {
  readonly bytes: Uint8Array
  /** Readers that still look at the bytes; meanwhile the buffer is not used for anything else. */
  readers: number
  isCached: boolean
}

/** Buffers that wait to be used again, at most. */
const maxSpareBytes = 8 * 1024 * 1024

/**
 * Chunks of pieces in memory, the least recently used go first. Shared by all torrents of a session, so that a seeder of
 * hundreds of artifacts takes no more memory than one of one. Buffers are used again: left to the garbage collector,
 * they pile up faster than it comes by.
 */
export class ChunkCache {
  readonly #maxBytes: number
  readonly #chunks = new Map<string, Chunk>()
  readonly #byBuffer = new Map<ArrayBufferLike, Chunk>()
  readonly #spare: Uint8Array[] = []
  #spareBytes = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The chunk's bytes, or undefined. Each `get` that gives something is followed by a `release` of these bytes or a part. */
  get(key: string): Uint8Array | undefined {
    const chunk = this.#chunks.get(key)
    if (!chunk) return undefined
    this.#chunks.delete(key)
    this.#chunks.set(key, chunk)
    chunk.readers++
    return chunk.bytes
  }

  /** A buffer of that length, to be filled and put. */
  allocate(length: number): Uint8Array {
    const index = this.#spare.findIndex((bytes) => bytes.length === length)
    if (index === -1) return Buffer.allocUnsafeSlow(length)
    this.#spareBytes -= length
    return this.#spare.splice(index, 1)[0]!
  }

  put(key: string, bytes: Uint8Array): void {
    this.#remove(key)
    const chunk = { bytes, readers: 0, isCached: true }
    this.#chunks.set(key, chunk)
    this.#byBuffer.set(bytes.buffer, chunk)
    this.#bytes += bytes.length
    for (const oldest of this.#chunks.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === key) return
      this.#remove(oldest)
    }
  }

  /** The reader is done with what `get` gave. */
  release(bytes: Uint8Array): void {
    const chunk = this.#byBuffer.get(bytes.buffer)
    if (!chunk) return
    chunk.readers--
    this.#recycleIfUnused(chunk)
  }

  #remove(key: string): void {
    const chunk = this.#chunks.get(key)
    if (!chunk) return
    this.#chunks.delete(key)
    this.#bytes -= chunk.bytes.length
    chunk.isCached = false
    this.#recycleIfUnused(chunk)
  }

  #recycleIfUnused(chunk: Chunk): void {
    if (chunk.isCached || chunk.readers > 0) return
    this.#byBuffer.delete(chunk.bytes.buffer)
    if (this.#spareBytes + chunk.bytes.length > maxSpareBytes) return
    this.#spare.push(chunk.bytes)
    this.#spareBytes += chunk.bytes.length
  }
}
