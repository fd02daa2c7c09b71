/**
 * Chunks of pieces in memory, the least recently used go first. Shared by all torrents of a session, so that a seeder of
 * hundreds of artifacts takes no more memory than one of one.
 */
export class ChunkCache {
  readonly #maxBytes: number
  readonly #chunks = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(key: string): Uint8Array | undefined {
    const chunk = this.#chunks.get(key)
    if (!chunk) return undefined
    this.#chunks.delete(key)
    this.#chunks.set(key, chunk)
    return chunk
  }

  put(key: string, chunk: Uint8Array): void {
    this.#remove(key)
    this.#chunks.set(key, chunk)
    this.#bytes += chunk.length
    for (const oldest of this.#chunks.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const chunk = this.#chunks.get(key)
    if (!chunk) return
    this.#chunks.delete(key)
    this.#bytes -= chunk.length
  }
}
