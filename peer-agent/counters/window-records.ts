import type { CounterWindowsDraft } from '../../proto/session.ts'
import type { TalliedWindow } from './tally.ts'

/** A record with so many counters has about 100 KiB: well below what a frame of the spool or the session may have. */
const windowsPerRecord = 2_000

interface AppWindows {
  /** Empty for the host itself. */
  readonly app: string
  readonly windows: readonly TalliedWindow[]
}

/** The windows of all apps as the records that carry them. */
export function windowRecords(startMs: number, widthMs: number, byApp: readonly AppWindows[]): CounterWindowsDraft[] {
  const all = byApp.flatMap(({ app, windows }) => windows.map((window) => ({ app, window })))
  const records: CounterWindowsDraft[] = []
  for (let first = 0; first < all.length; first += windowsPerRecord)
    records.push(record(startMs, widthMs, all.slice(first, first + windowsPerRecord)))
  return records
}

function record(
  startMs: number,
  widthMs: number,
  owned: readonly { readonly app: string; readonly window: TalliedWindow }[],
): CounterWindowsDraft {
  const apps = [...new Set(owned.map(({ app }) => app))]
  const windows = owned.map(({ window }) => window)
  const several = windows.filter(({ count }) => count !== 1)
  return {
    startMs,
    widthMs,
    apps,
    names: windows.map(({ name }) => name),
    app: owned.map(({ app }) => apps.indexOf(app)),
    kinds: windows.map(({ kind }) => kind),
    counts: windows.map(({ count }) => count),
    sums: windows.map(({ sum }) => sum),
    sumsOfSquares: several.map(({ sumOfSquares }) => sumOfSquares),
    mins: several.map(({ min }) => min),
    maxs: several.map(({ max }) => max),
  }
}
