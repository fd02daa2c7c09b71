import type { Torrent } from 'webtorrent'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { WebSeed } from '../web-seed/web-seed.ts'
import type { Tally } from './tally.ts'
import { WebSeedConnection } from './web-seed-connection.ts'

interface FallbackParts {
  readonly metainfo: Metainfo
  readonly torrent: Torrent
  readonly webSeed: WebSeed
  readonly tally: Tally
  readonly clock: Clock
}

/** Longer than a peer takes to be found and to choose us; much shorter than anybody waits for a deploy. */
const patienceMs = 5_000
const lookMs = 1_000

/** Asks the web seeds for as long as no peer sends anything: the origin must not melt because a fleet could ask it. */
export class WebSeedFallback {
  readonly #parts: FallbackParts
  readonly #timer: Timer
  #connection: WebSeedConnection | undefined

  constructor(parts: FallbackParts) {
    this.#parts = parts
    this.#timer = parts.clock.every(lookMs, () => this.#look())
  }

  /** Ends it; with the torrent complete or destroyed nobody is asked any more. */
  stop(): void {
    this.#timer.cancel()
    this.#connection?.destroy()
  }

  #look(): void {
    const { metainfo, torrent, webSeed, tally } = this.#parts
    const isWanted = tally.peersSilentMs >= patienceMs
    if (this.#connection?.destroyed) this.#connection = undefined
    if (!isWanted) return this.#connection?.destroy()
    if (this.#connection || torrent.destroyed) return
    this.#connection = new WebSeedConnection(metainfo, webSeed)
    torrent.addWebSeed(this.#connection)
  }
}
