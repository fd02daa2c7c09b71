import type { HostProgress, RolloutState } from '../rollout/state.ts'
import type { Sides } from './comparison-judge.ts'
import type { Span } from './series.ts'

/** Who is judged in one pool: since when each host runs the release, and who does not run it yet. */
export interface PoolSubjects {
  readonly pool: string
  readonly treated: readonly (Span & { readonly movedFromMs: number })[]
  readonly waiting: readonly string[]
}

/** More hosts of a pool tell nothing that these do not. */
const mostHosts = 50
/** A window is compared when at least half of it lies behind readiness: what fails is to be found soon. */
const halfWindowMs = 5_000
/** What is longer ago no longer tells how a host is now. */
const mostMs = 1_800_000
/** What is compared with lies in so much time before. */
const beforeMs = 600_000
/** And so much around the same time of last week. */
const aroundMs = 300_000
const weekMs = 7 * 86_400_000

const notMoved: ReadonlySet<HostProgress['status']['is']> = new Set(['fetching', 'fetched', 'cancelled', 'skipped'])

/** The hosts of the rollout by their first pool. */
export function subjectsOf(state: RolloutState, nowMs: number): PoolSubjects[] {
  const pools = Map.groupBy(Object.values(state.hosts), ({ pools: [first = ''] }) => first)
  return [...pools].flatMap(([pool, hosts]) => {
    const treated = hosts.flatMap(({ host, status, moved }) =>
      status.is === 'ready' && moved !== null
        ? [{ host, fromMs: Math.max(moved.readyAtMs, nowMs - mostMs), toMs: nowMs, movedFromMs: moved.fromMs }]
        : [],
    )
    const waiting = hosts.filter(({ status, broken }) => notMoved.has(status.is) && broken === null)
    if (treated.length === 0) return []
    return [{ pool, treated, waiting: waiting.map(({ host }) => host) }]
  })
}

/** As many hosts as a comparison needs, and their time from a little earlier on. */
export function sampled({ pool, treated, waiting }: PoolSubjects): PoolSubjects {
  const earlier = spread(treated).map((span) => ({ ...span, fromMs: span.fromMs - halfWindowMs }))
  return { pool, treated: earlier, waiting: spread(waiting) }
}

/** The times of a comparison, of each side; `before` is empty where both sides are the same hosts. */
export function spansOf(compare: Sides['compare'], { treated, waiting }: PoolSubjects) {
  const movedFromMs = Math.min(...treated.map((span) => span.movedFromMs))
  const past = (host: string, toMs: number) => ({ host, fromMs: toMs - beforeMs, toMs })
  if (compare === 'waiting') {
    const [fromMs, toMs] = [Math.min(...treated.map((span) => span.fromMs)), treated[0]!.toMs]
    return {
      control: waiting.map((host) => ({ host, fromMs, toMs })),
      before: {
        treated: treated.map(({ host }) => past(host, movedFromMs)),
        control: waiting.map((host) => past(host, movedFromMs)),
      },
    }
  }
  const control =
    compare === 'before'
      ? treated.map((span) => past(span.host, span.movedFromMs))
      : treated.map(({ host, fromMs, toMs }) => {
          return { host, fromMs: fromMs - weekMs - aroundMs, toMs: toMs - weekMs + aroundMs }
        })
  return { control, before: { treated: [], control: [] } }
}

/** At most so many, evenly spread over all. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= mostHosts) return all
  return Array.from({ length: mostHosts }, (_, index) => all[Math.floor((index * all.length) / mostHosts)]!)
}
