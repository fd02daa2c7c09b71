import type { KeepOptions } from '../../coordinator/counters/config.ts'
import { CounterStore } from '../../coordinator/counters/counter-store.ts'
import { CounterSweep } from '../../coordinator/counters/counter-sweep.ts'
import { type Shipment, shipmentOf } from '../../coordinator/counters/shipment.ts'
import { type Database, openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import { windowRecords } from '../../peer-agent/counters/window-records.ts'
import { CounterKind, decodeSpoolRecord, encodeSpoolRecord } from '../../proto/session.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { ManualClock } from '../../runtime/manual-clock.ts'

/** A window of one counter of one host. */
export interface TestWindow {
  readonly host: string
  readonly app: string
  readonly name: string
  readonly kind: CounterKind
  readonly startMs: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly min: number
  readonly max: number
}

/** As the coordinator keeps counters without any settings. */
export const defaultKeep: KeepOptions = {
  ...{ tenSecondsDays: 10, fiveMinutesDays: 400, hoursDays: 2_190 },
  maxBytes: 20 * 1024 ** 3,
}

export interface CounterFixture {
  readonly database: Database
  readonly store: CounterStore
  readonly clock: ManualClock
  insert(windows: readonly TestWindow[]): Promise<void>
  /** One piece of what keeps the store in order. @returns whether there was any. */
  step(): Promise<boolean>
  /** Does all there is to do at this time. @returns how many steps that took. */
  sweep(): Promise<number>
  /** The store as the next process finds it. */
  reopen(): Promise<CounterFixture>
}

/** A store of counters with everything that keeps it in order, by hand. */
export async function counterFixture({
  startMs = Date.UTC(2026, 0, 1),
  keep = defaultKeep,
  maxSeries = 100_000,
  file = ':memory:',
} = {}): Promise<CounterFixture> {
  const database = await openDatabase(sqliteFlavor(file))
  return fixtureOf(database, new ManualClock(startMs), keep, maxSeries)
}

async function fixtureOf(
  database: Database,
  clock: ManualClock,
  keep: KeepOptions,
  maxSeries: number,
): Promise<CounterFixture> {
  const store = new CounterStore(database, { maxSeries })
  const sweeper = new CounterSweep(keep, { store, clock, logger: silentLogger() })
  await store.load()
  return {
    ...{ database, store, clock },
    insert: async (windows) => store.insert(database, await store.prepare(windows.map(shipmentWith))),
    step: () => sweeper.step(),
    sweep: async () => {
      let steps = 0
      while (await sweeper.step()) steps++
      return steps
    },
    reopen: () => fixtureOf(database, clock, keep, maxSeries),
  }
}

/** A window of 10 s of single observations with these values. */
export function windowOf(
  changes: Partial<TestWindow> & Pick<TestWindow, 'startMs'>,
  values: readonly number[] = [1],
): TestWindow {
  return {
    ...{ host: 'web-1', app: 'hello', name: 'took', kind: CounterKind.COUNTER_KIND_TIMER },
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    sumOfSquares: values.reduce((sum, value) => sum + value * value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    ...changes,
  }
}

function shipmentWith({ host, app, name, kind, startMs, count, sum, sumOfSquares, min, max }: TestWindow): Shipment {
  const [counterWindows] = windowRecords(startMs, 10_000, [
    { app, windows: [{ name, kind, count, sum, sumOfSquares, min, max }] },
  ])
  return shipmentOf(host, decodeSpoolRecord(encodeSpoolRecord({ number: 1, counterWindows })))!
}
