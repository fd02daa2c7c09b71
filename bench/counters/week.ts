import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { CounterStore } from '../../coordinator/counters/counter-store.ts'
import { CounterSweep } from '../../coordinator/counters/counter-sweep.ts'
import { composeQueries } from '../../coordinator/counters/query-parts.ts'
import { shipmentOf } from '../../coordinator/counters/shipment.ts'
import { openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import { CounterSeriesQuery } from '../../proto/http/counters.ts'
import { decodeSpoolRecord, encodeSpoolRecord } from '../../proto/session.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { ManualClock } from '../../runtime/manual-clock.ts'
import { counterNames, type Load, recordsOf } from './load.ts'

/** What a week of windows takes, and how long it takes to be asked. */
export interface WeekResult extends Load {
  readonly windows: number
  readonly insertCpuSeconds: number
  /** Into blocks, and of those into windows of five minutes. */
  readonly sweepCpuSeconds: number
  readonly bytesPerWindow: number
  readonly queries: readonly QueryResult[]
}

export interface QueryResult {
  readonly title: string
  readonly values: number
  readonly medianMs: number
  readonly worstMs: number
}

const day = 86_400_000
const days = 7
const windowsPerDay = 8_640
const repeats = 21
const keep = { tenSecondsDays: 10, fiveMinutesDays: 400, hoursDays: 2_190, maxBytes: 1024 ** 4 }

/** Stores a week of every counter as the coordinator would have, and asks for it. */
export async function measureWeek(directory: string, load: Load, signal: AbortSignal): Promise<WeekResult> {
  const file = join(directory, 'week.sqlite')
  const clock = new ManualClock(Date.UTC(2026, 0, 5))
  const database = await openDatabase(sqliteFlavor(file))
  try {
    const store = new CounterStore(database, { maxSeries: 1_000_000 })
    const sweep = new CounterSweep(keep, { store, clock, logger: silentLogger() })
    await store.load()
    let [insertCpuSeconds, sweepCpuSeconds] = [0, 0]
    const names = counterNames(load)
    const startMs = clock.now()
    for (let past = 0; past < days; past++) {
      insertCpuSeconds += await cpuSeconds(async () => {
        for (let window = 0; window < windowsPerDay; window++) {
          signal.throwIfAborted()
          const round = past * windowsPerDay + window
          const shipments = Array.from({ length: load.hosts }, (_, host) =>
            recordsOf(names, host, round, startMs + round * 10_000).flatMap((counterWindows) => {
              const record = decodeSpoolRecord(encodeSpoolRecord({ number: 1, counterWindows }))
              return shipmentOf(`web-${host}`, record) ?? []
            }),
          ).flat()
          const known = await store.prepare(shipments)
          await database.transaction().execute((transaction) => store.insert(transaction, known))
        }
      })
      clock.advance(day)
      sweepCpuSeconds += await cpuSeconds(async () => {
        while (await sweep.step()) signal.throwIfAborted()
      })
    }
    const sizes = await store.rows.sizes()
    const windows = load.hosts * load.counters * days * windowsPerDay
    return {
      ...load,
      ...{ windows, insertCpuSeconds, sweepCpuSeconds },
      bytesPerWindow: sizes.reduce((sum, { bytes }) => sum + bytes, 0) / windows,
      queries: await measureQueries(store, clock, names.at(-1)!),
    }
  } finally {
    await database.destroy()
    for (const suffix of ['', '-wal', '-shm']) await rm(`${file}${suffix}`, { force: true })
  }
}

async function measureQueries(store: CounterStore, clock: ManualClock, name: string): Promise<QueryResult[]> {
  const { counterQueries } = composeQueries(keep, {
    ...{ store, clock, hosts: { find: () => undefined }, rollouts: { list: async () => [] } },
  })
  const week = { name, toMs: clock.now(), fromMs: clock.now() - days * day }
  const questions: [title: string, query: Partial<CounterSeriesQuery>][] = [
    ['one counter of one host over a week, 500 values', { ...week, host: 'web-1' }],
    ['the same in windows of 10 s, a value a minute', { ...week, host: 'web-1', stepMs: 60_000 }],
    ['one counter of all hosts over a week, 500 values', week],
    ['the 95th percentile of it over the hosts', { ...week, function: 'percentile' }],
  ]
  const results: QueryResult[] = []
  for (const [title, query] of questions) {
    const took: number[] = []
    let values = 0
    for (let time = 0; time < repeats; time++) {
      const beganMs = performance.now()
      const answer = await counterQueries.series(Value.Default(CounterSeriesQuery, query) as CounterSeriesQuery)
      took.push(performance.now() - beganMs)
      values = answer.series[0]!.values.filter((value) => value !== null).length
    }
    const sorted = took.sort((a, b) => a - b)
    results.push({ title, values, medianMs: sorted[Math.floor(repeats / 2)]!, worstMs: sorted.at(-1)! })
  }
  return results
}

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
