import { CounterKind } from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Spool } from '../spool/spool.ts'
import { Tally } from './tally.ts'
import { windowRecords } from './window-records.ts'

const { COUNTER_KIND_COUNTER: sums, COUNTER_KIND_GAUGE: level, COUNTER_KIND_TIMER: observations } = CounterKind

/** What the agent itself counts of its host and apps: bytes, pieces and connected peers of fetches, durations in ms, and events as ones. */
const ownCounters = {
  fetch_bytes: sums,
  fetch_pieces: sums,
  fetch_peers: level,
  fetch_ms: observations,
  unpack_ms: observations,
  activation_ms: observations,
  app_restart_ms: observations,
  'rookery.app.restarts': sums,
  'rookery.app.log_errors': sums,
  probe_failures: sums,
  spool_bytes: level,
  statsd_lines: sums,
  counters_malformed: sums,
  counters_refused: sums,
  scrape_failures: sums,
} as const
export type CounterName = keyof typeof ownCounters

/** Windows begin at multiples of their width since the epoch, so that those of all hosts lie over each other. */
export const windowMs = 10_000

interface Subject {
  readonly app?: string
  readonly releaseId?: string
}

interface Options {
  /** Names at a time of one app, and of the host itself. */
  readonly maxNames: number
  /** A window goes to the spool so long after its end, so that the hosts of a fleet do not send at the same moment. */
  readonly spreadMs: number
}

interface Dependencies {
  readonly spool: Pick<Spool, 'append' | 'bytes'>
  readonly clock: Clock
}

/** Gathers what is counted into windows, and puts each window that has anything into the spool. */
export class Counters implements Component {
  readonly name = 'counters'
  readonly #options: Options
  readonly #dependencies: Dependencies
  /** What others tell of an app must not crowd out what the agent itself says of it. */
  readonly #own = new Map<string, Tally>()
  readonly #told = new Map<string, Tally>()
  readonly #beforeClose = new Set<() => void>()
  #startMs: number
  #timer: Timer | undefined
  /** Closed and on its way to the spool. */
  #waiting: { readonly timer: Timer; readonly ship: () => void } | undefined

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#startMs = windowStart(dependencies.clock.now())
    this.onClose(() => this.observe('spool_bytes', dependencies.spool.bytes))
  }

  observe(name: CounterName, value: number, { app = '' }: Subject = {}): void {
    const tally = this.#own.get(app) ?? new Tally({ maxNames: Number.POSITIVE_INFINITY })
    this.#own.set(app, tally)
    tally.observe(name, ownCounters[name], value)
  }

  /** Where what an app counts of itself is gathered; `''` is the host. */
  tally(app: string): Tally {
    const tally = this.#told.get(app) ?? new Tally(this.#options)
    this.#told.set(app, tally)
    return tally
  }

  /** Called at the end of every window, before it is closed. */
  onClose(listener: () => void): void {
    this.#beforeClose.add(listener)
  }

  async start(): Promise<void> {
    this.#startMs = windowStart(this.#dependencies.clock.now())
    this.#arm()
  }

  /** Ships the window that is open; another part of it may follow from the next process. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#shipNow()
    this.#close()()
  }

  #arm(): void {
    const { clock } = this.#dependencies
    this.#timer = clock.after(Math.max(0, this.#startMs + windowMs - clock.now()), () => {
      for (const listener of this.#beforeClose) listener()
      this.#shipNow()
      const ship = this.#close()
      this.#waiting = { ship, timer: clock.after(this.#options.spreadMs, () => this.#shipNow()) }
      this.#startMs = windowStart(clock.now())
      this.#arm()
    })
  }

  #close(): () => void {
    const { spool, clock } = this.#dependencies
    const windows = [...this.#own, ...this.#told].map(([app, tally]) => ({ app, windows: tally.close(clock.now()) }))
    const records = windowRecords(this.#startMs, windowMs, windows)
    return () => {
      for (const counterWindows of records) spool.append({ counterWindows })
    }
  }

  #shipNow(): void {
    this.#waiting?.timer.cancel()
    this.#waiting?.ship()
    this.#waiting = undefined
  }
}

function windowStart(nowMs: number): number {
  return nowMs - (nowMs % windowMs)
}
