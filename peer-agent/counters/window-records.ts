import type { CounterWindowsDraft } from '../../proto/session.ts'
import type { TalliedWindow } from './tally.ts'

/** A record with so many counters has about 100 KiB: well below what a frame of the spool or the session may have. */
const windowsPerRecord = 2_000
/** The place of an app is a byte. */
const appsPerRecord = 256

interface AppWindows {
  /** Empty for the host itself. */
  readonly app: string
  readonly windows: readonly TalliedWindow[]
}

interface Owned {
  readonly app: string
  readonly window: TalliedWindow
}

/** The windows of all apps as the records that carry them. */
export function windowRecords(startMs: number, widthMs: number, byApp: readonly AppWindows[]): CounterWindowsDraft[] {
  const records: CounterWindowsDraft[] = []
  let open: Owned[] = []
  let apps = new Set<string>()
  const close = () => {
    if (open.length > 0) records.push(record(startMs, widthMs, open))
    open = []
    apps = new Set()
  }
  for (const { app, windows } of byApp)
    for (const window of windows) {
      if (open.length === windowsPerRecord || (apps.size === appsPerRecord && !apps.has(app))) close()
      open.push({ app, window })
      apps.add(app)
    }
  close()
  return records
}

function record(startMs: number, widthMs: number, owned: readonly Owned[]): CounterWindowsDraft {
  const apps = [...new Set(owned.map(({ app }) => app))]
  const several = owned.filter(({ window }) => window.count !== 1)
  const ordered = [...several, ...owned.filter(({ window }) => window.count === 1)]
  const ofSeveral = (field: 'count' | 'sumOfSquares' | 'min' | 'max') =>
    doubles(several.map(({ window }) => window[field]))
  return {
    ...{ startMs, widthMs, apps },
    names: Buffer.from(ordered.map(({ window }) => `${window.name}\n`).join('')),
    app: Uint8Array.from(ordered, ({ app }) => apps.indexOf(app)),
    kinds: Uint8Array.from(ordered, ({ window }) => window.kind),
    sums: doubles(ordered.map(({ window }) => window.sum)),
    counts: ofSeveral('count'),
    sumsOfSquares: ofSeveral('sumOfSquares'),
    mins: ofSeveral('min'),
    maxs: ofSeveral('max'),
  }
}

function doubles(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer)
}
