import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { PieceIndex } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import { isWebSeedUrl } from '../metainfo/url-list.ts'
import { BlockCutter } from './block-cutter.ts'
import { fileUrl } from './file-url.ts'
import { Mirror } from './mirror.ts'
import { BadAnswer, readRange } from './range-request.ts'
import { type Span, spansOf } from './spans.ts'

/** HTTP sources of a torrent's bytes. */
export interface WebSeeds {
  /** As in a torrent's `url-list` (BEP 19). The first that can be asked is asked: the most welcome one comes first. */
  readonly urls: readonly string[]
  /** By origin, e.g. `https://host:7070`: a token goes to whom it is for and to nobody else. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** In place of the global one: a client certificate goes to whom it is for. */
  readonly fetch?: typeof globalThis.fetch
}

interface Options extends WebSeeds {
  readonly metainfo: Metainfo
}

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
  readonly random: Random
}

/** Pieces whose source is remembered until they are found bad; checking is never further behind. */
const maxRemembered = 64
/** What is answered when there is no source at all. */
const neverMs = 10 * 60_000

/** No source gave the piece. After `retryAfterMs` one may be asked again: 0 when another is there at once. */
export class WebSeedFailure extends Error {
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.name = 'WebSeedFailure'
    this.retryAfterMs = retryAfterMs
  }
}

/** Fetches pieces by HTTP ranges (BEP 19). Memory: one block, and what the connection has read ahead. */
export class WebSeed {
  readonly #metainfo: Metainfo
  readonly #headers: NonNullable<WebSeeds['headers']>
  readonly #fetch: typeof globalThis.fetch | undefined
  readonly #mirrors: readonly Mirror[]
  readonly #dependencies: Dependencies
  readonly #sources = new Map<PieceIndex, Mirror>()

  constructor({ metainfo, urls, headers = {}, fetch }: Options, dependencies: Dependencies) {
    this.#metainfo = metainfo
    this.#headers = headers
    this.#fetch = fetch
    this.#mirrors = [...new Set(urls)].filter(isWebSeedUrl).map((url) => new Mirror(url))
    this.#dependencies = dependencies
  }

  /**
   * Streams a piece, from one source, in blocks of `blockLengthBytes` in order; the last may be shorter. What it gives
   * is not verified. The data of a block is looked at only while `onBlock` runs.
   * @throws {WebSeedFailure}; the signal's reason when it was aborted.
   */
  async fetch(
    piece: PieceIndex,
    onBlock: (offset: number, data: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random, logger } = this.#dependencies
    signal.throwIfAborted()
    const mirror = this.#mirrors.find((candidate) => candidate.waitMs(clock.monotonicMs()) === 0)
    if (!mirror) throw new WebSeedFailure('every web seed is to be left alone for a while', this.#nextMs())
    const cutter = new BlockCutter(pieceLength(this.#metainfo, piece), onBlock)
    try {
      for (const span of spansOf(this.#metainfo, piece)) await this.#read(mirror, span, cutter, signal)
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error
      mirror.failed(error, clock.monotonicMs(), random)
      logger.warn({ webSeed: mirror.name, piece, reason: error.message }, 'web seed failed')
      throw new WebSeedFailure(`${mirror.name}: ${error.message}`, this.#nextMs())
    }
    mirror.succeeded()
    this.#remember(piece, mirror)
  }

  /** A piece that was fetched did not verify: whoever gave it is put aside. */
  distrust(piece: PieceIndex): void {
    const { clock, random, logger } = this.#dependencies
    const mirror = this.#sources.get(piece)
    this.#sources.delete(piece)
    if (!mirror) return
    mirror.failed({ isLasting: true, retryAfterMs: undefined }, clock.monotonicMs(), random)
    logger.warn({ webSeed: mirror.name, piece }, 'web seed sent what does not verify')
  }

  async #read(mirror: Mirror, span: Span, cutter: BlockCutter, signal: AbortSignal): Promise<void> {
    const { file, offsetBytes, lengthBytes } = span
    if (file.isPadding) return cutter.pushZeros(lengthBytes)
    const url = fileUrl(mirror.url, this.#metainfo, file)
    const range = { firstByte: offsetBytes, lengthBytes, fileBytes: file.lengthBytes }
    const { clock } = this.#dependencies
    await readRange({ url, headers: this.#headers, fetch: this.#fetch, ...range }, (bytes) => cutter.push(bytes), {
      clock,
      signal,
    })
  }

  #nextMs(): number {
    const nowMs = this.#dependencies.clock.monotonicMs()
    if (this.#mirrors.length === 0) return neverMs
    return Math.ceil(Math.min(...this.#mirrors.map((mirror) => mirror.waitMs(nowMs))))
  }

  #remember(piece: PieceIndex, mirror: Mirror): void {
    this.#sources.set(piece, mirror)
    const [oldest] = this.#sources.keys()
    if (this.#sources.size > maxRemembered) this.#sources.delete(oldest!)
  }
}
