import Client from 'bittorrent-tracker/client'
import { type Clock, sleep, type Timer } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { jittered, type Random } from '../../runtime/random.ts'
import type { InfoHash, PeerId } from '../identifiers.ts'
import { nextAnnounce } from './announce-schedule.ts'
import type { SecureTrackers } from './secure-trackers.ts'

interface AnnouncerOptions {
  readonly infoHash: InfoHash
  readonly peerId: PeerId
  /** Tracker URLs, HTTP or UDP; none is fine. In a swarm over TLS those of UDP are left out: nobody can say there who he is. */
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
  /** In a swarm over TLS: who asks HTTPS trackers. */
  readonly trackers?: SecureTrackers
}

type TrackerClient = Client['_trackers'][number]

/** Peers asked for: some more than are connected, since not all of them answer. */
const wantedPeers = 80
/** What a tracker may ask for: a timer that is due at once, or cannot be set, would announce without a pause. */
const minIntervalMs = 1_000
const maxIntervalMs = 86_400_000
/** Trackers that do not answer must not hold up who leaves. */
const farewellMs = 1_000

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
  /** Requests of our own; the library waits for its own ones. */
  readonly #asking = new Set<Promise<unknown>>()

  constructor(options: AnnouncerOptions, dependencies: AnnouncerDependencies) {
    this.#dependencies = dependencies
    const announce = dependencies.trackers
      ? options.announce.filter((url) => !url.startsWith('udp:'))
      : options.announce
    if (announce.length > 0) this.#client = this.#createClient({ ...options, announce })
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
    await this.#answered()
    await new Promise<void>((resolve) => client.destroy(resolve))
  }

  async #answered(): Promise<void> {
    if (this.#asking.size === 0) return
    const patience = new AbortController()
    const timeout = sleep(this.#dependencies.clock, farewellMs, patience.signal).catch(() => {})
    await Promise.race([Promise.allSettled(this.#asking), timeout])
    patience.abort()
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
        if (intervalMs) this.#intervalMs = Math.min(Math.max(intervalMs, minIntervalMs), maxIntervalMs)
      }
      tracker._request = this.#requestOf(tracker)
    }
    return client
  }

  /** How this tracker is asked. */
  #requestOf(tracker: TrackerClient): TrackerClient['_request'] {
    const { trackers } = this.#dependencies
    if (trackers && tracker.announceUrl.startsWith('https:'))
      return (_url, parameters, done) => {
        const tell = done as (error: unknown, answer?: unknown) => void
        const asking = trackers
          .ask(tracker.announceUrl, parameters as Record<string, unknown>)
          .then((answer) => tell(null, answer), tell)
          // The library does not expect an answer of other types than it knows.
          .catch((error) => this.#onFailure(error as Error))
          .finally(() => this.#asking.delete(asking))
        this.#asking.add(asking)
      }
    const request = tracker._request.bind(tracker)
    // The library awaits nothing of a request whose connection breaks half way; that must not end the process.
    return async (...args) => {
      try {
        await request(...args)
      } catch (error) {
        this.#onFailure(error as Error)
      }
    }
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
