import Client from 'bittorrent-tracker/client'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { jittered, type Random } from '../../runtime/random.ts'
import type { InfoHash, PeerId } from '../identifiers.ts'
import { nextAnnounce } from './announce-schedule.ts'

interface AnnouncerOptions {
  readonly infoHash: InfoHash
  readonly peerId: PeerId
  /** Tracker URLs, HTTP or UDP; none is fine. */
  readonly announce: readonly string[]
  readonly port: number
  readonly clientName: string
}

interface AnnouncerDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Where the transfer stands, in bytes. */
  readonly state: () => { uploaded: number; downloaded: number; left: number; peers: number; isComplete: boolean }
  /** Peers a tracker named; each `host:port`. */
  readonly onPeers: (addresses: readonly string[]) => void
}

/** Peers asked for: some more than are connected, since not all of them answer. */
const wantedPeers = 80

/** Tells the trackers of one torrent: started, from time to time, completed, stopped (BEP 3, 15). */
export class Announcer {
  readonly #dependencies: AnnouncerDependencies
  readonly #client: Client | undefined
  #timer: Timer | undefined
  #intervalMs: number | undefined
  #failures = 0
  /** A tracker has answered the last announce, so that another one's silence does not matter. */
  #isAnswered = false
  #found: string[] = []
  #isStopped = false

  constructor(options: AnnouncerOptions, dependencies: AnnouncerDependencies) {
    this.#dependencies = dependencies
    if (options.announce.length > 0) this.#client = this.#createClient(options)
  }

  start(): void {
    this.#client?.start()
    this.#schedule()
  }

  completed(): void {
    if (!this.#isStopped) this.#client?.complete()
  }

  /** Announces `stopped`; resolves when the trackers know or do not answer within a second. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#timer?.cancel()
    const client = this.#client
    if (!client) return
    client.stop()
    await new Promise<void>((resolve) => client.destroy(resolve))
  }

  #createClient({ announce, clientName, ...options }: AnnouncerOptions): Client {
    const client = new Client({
      ...options,
      announce: [...announce],
      userAgent: clientName,
      wrtc: false,
      getAnnounceOpts: () => {
        const { uploaded, downloaded, left } = this.#dependencies.state()
        return { uploaded, downloaded, left, numwant: wantedPeers }
      },
    })
    client.on('peer', (address) => this.#onPeer(address))
    client.on('update', ({ announce: url }) => {
      this.#isAnswered = true
      this.#failures = 0
      this.#dependencies.logger.debug({ tracker: url, intervalMs: this.#intervalMs }, 'announced')
      this.#schedule()
    })
    const onFailure = (error: Error) => this.#onFailure(error)
    client.on('warning', onFailure)
    client.on('error', onFailure)
    for (const tracker of client._trackers) {
      // The library would announce by itself as well, and tells of a UDP tracker's interval in no other way.
      tracker.setInterval = (intervalMs) => {
        if (intervalMs) this.#intervalMs = intervalMs
      }
      // It also awaits nothing of a request whose connection breaks half way; that must not end the process.
      const request = tracker._request.bind(tracker)
      tracker._request = async (...args) => {
        try {
          await request(...args)
        } catch (error) {
          this.#onFailure(error as Error)
        }
      }
    }
    return client
  }

  #onPeer(address: string): void {
    if (this.#isStopped) return
    if (this.#found.push(address) > 1) return
    // A handout comes address by address, all in one turn.
    queueMicrotask(() => this.#dependencies.onPeers(this.#found.splice(0)))
  }

  #onFailure(error: Error): void {
    if (this.#isStopped) return
    if (!this.#isAnswered) this.#failures++
    const { logger } = this.#dependencies
    // Once is worth a line; what goes on need not fill the log.
    const level = this.#failures === 1 && !this.#isAnswered ? 'warn' : 'debug'
    logger[level]({ reason: error.message }, 'no answer to an announce')
    this.#schedule()
  }

  /** Next announce; each answer moves it, since each may say another interval. */
  #schedule(): void {
    if (this.#isStopped || !this.#client) return
    const { clock, random, state } = this.#dependencies
    const { peers, isComplete } = state()
    const { delayMs } = nextAnnounce({ intervalMs: this.#intervalMs, failures: this.#failures, peers, isComplete })
    this.#timer?.cancel()
    this.#timer = clock.after(jittered(delayMs, 0.1, random), () => {
      this.#isAnswered = false
      this.#client?.update()
      this.#schedule()
    })
  }
}
