import { setTimeout as sleep } from 'node:timers/promises'
import { windowRecords } from '../../peer-agent/counters/window-records.ts'
import { CounterKind, type CounterWindowsDraft } from '../../proto/session.ts'
import { CountingHost } from '../../test/support/counting-host.ts'

export interface Load {
  readonly hosts: number
  /** Of each host. */
  readonly counters: number
}

const { COUNTER_KIND_COUNTER: sums, COUNTER_KIND_GAUGE: level, COUNTER_KIND_TIMER: observations } = CounterKind
/** As agents spread them, see composeCounters. */
const spreadMs = 2_000
export const app = 'shop'

/** Names in a tree, as apps have them. */
export function counterNames({ counters }: Load): string[] {
  return Array.from({ length: counters }, (_, index) => `area${index % 10}.part${index % 50}.counter${index}`)
}

/** Of ten counters, four are sums of many, three are levels, and three are times. */
function kindOf(index: number): CounterKind {
  return index % 10 < 4 ? sums : index % 10 < 7 ? level : observations
}

/** How often a counter of a host was counted in a window. */
export function countOf(host: number, counter: number, round: number): number {
  return kindOf(counter) === level ? 1 : 2 + ((host + counter + round) % 50)
}

/** What one host ships of one window. */
export function recordsOf(
  names: readonly string[],
  host: number,
  round: number,
  startMs: number,
): CounterWindowsDraft[] {
  const windows = names.map((name, index) => {
    const [count, value] = [countOf(host, index, round), figureOf(host, index, round)]
    if (count === 1)
      return { name, kind: kindOf(index), count, sum: value, sumOfSquares: value ** 2, min: value, max: value }
    const figures = { count, sum: value * count, sumOfSquares: count * value * value * 1.1 }
    return { name, kind: kindOf(index), ...figures, min: value * 0.5, max: value * 2 }
  })
  return windowRecords(startMs, 10_000, [{ app, windows }])
}

/** Levels that wander, and times that jitter. */
function figureOf(host: number, counter: number, round: number): number {
  if (kindOf(counter) === sums) return 1
  if (kindOf(counter) === level) return (host * 31 + counter * 7 + round * 3) % 1_000
  return 5 + ((host * 17 + counter * 29 + round * 101) % 9_973) / 97
}

/** Hosts on real sessions that ship a window each ten seconds. */
export class CountingFleet {
  readonly #names: readonly string[]
  readonly #hosts: CountingHost[]
  #heartbeats: NodeJS.Timeout | undefined

  constructor(url: string, load: Load) {
    this.#names = counterNames(load)
    this.#hosts = Array.from({ length: load.hosts }, (_, index) => new CountingHost({ url, host: `web-${index}` }))
  }

  async connect(): Promise<void> {
    for (const host of this.#hosts) await host.connect()
    this.#heartbeats = setInterval(() => {
      for (const host of this.#hosts) host.beat()
    }, 5_000)
  }

  /** Ships one window of every host, spread as agents do. @returns milliseconds until the last was acknowledged. */
  async ship(round: number, startMs: number): Promise<number> {
    const beganMs = performance.now()
    await Promise.all(
      this.#hosts.map(async (host, index) => {
        await sleep((index * spreadMs) / this.#hosts.length)
        await host.ship(recordsOf(this.#names, index, round, startMs))
      }),
    )
    return performance.now() - beganMs
  }

  close(): void {
    clearInterval(this.#heartbeats)
    for (const host of this.#hosts) host.disconnect()
  }
}
