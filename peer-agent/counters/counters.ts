import type { CounterWindowDraft } from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Spool } from '../spool/spool.ts'

/** What is counted on a host: bytes, pieces and connected peers of fetches, durations in milliseconds, and events as ones. */
export const counterNames = [
  'fetch_bytes',
  'fetch_pieces',
  'fetch_peers',
  'fetch_ms',
  'unpack_ms',
  'activation_ms',
  'app_restart_ms',
  'app_restarts',
  'probe_failures',
  'spool_bytes',
] as const
export type CounterName = (typeof counterNames)[number]

/** Windows begin at multiples of their width since the epoch, so that those of all hosts lie over each other. */
export const windowMs = 10_000

interface Subject {
  readonly app?: string
  readonly releaseId?: string
}

interface Dependencies {
  readonly spool: Pick<Spool, 'append' | 'bytes'>
  readonly clock: Clock
}

type Sums = Pick<CounterWindowDraft, 'name' | 'app' | 'releaseId'> & {
  count: number
  sum: number
  sumOfSquares: number
  min: number
  max: number
}

/** Gathers observations into windows and puts each window that has any into the spool. */
export class Counters implements Component {
  readonly name = 'counters'
  readonly #dependencies: Dependencies
  readonly #current = new Map<string, Sums>()
  #startMs: number
  #timer: Timer | undefined

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#startMs = windowStart(dependencies.clock.now())
  }

  observe(name: CounterName, value: number, { app = '', releaseId = '' }: Subject = {}): void {
    const key = `${name} ${app} ${releaseId}`
    const sums = this.#current.get(key)
    if (!sums) {
      const first = { count: 1, sum: value, sumOfSquares: value * value, min: value, max: value }
      this.#current.set(key, { name, app, releaseId, ...first })
      return
    }
    sums.count++
    sums.sum += value
    sums.sumOfSquares += value * value
    sums.min = Math.min(sums.min, value)
    sums.max = Math.max(sums.max, value)
  }

  async start(): Promise<void> {
    this.#startMs = windowStart(this.#dependencies.clock.now())
    this.#arm()
  }

  /** Ships the window that is open; another with the same start may follow from the next process. */
  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#ship()
  }

  #arm(): void {
    const { clock } = this.#dependencies
    this.#timer = clock.after(this.#startMs + windowMs - clock.now(), () => {
      this.observe('spool_bytes', this.#dependencies.spool.bytes)
      this.#ship()
      this.#startMs = windowStart(clock.now())
      this.#arm()
    })
  }

  #ship(): void {
    for (const sums of this.#current.values())
      this.#dependencies.spool.append({ counterWindow: { ...sums, startMs: this.#startMs, widthMs: windowMs } })
    this.#current.clear()
  }
}

function windowStart(nowMs: number): number {
  return nowMs - (nowMs % windowMs)
}
