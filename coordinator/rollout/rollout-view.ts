import type {
  HostState,
  PoolProgress,
  Rollout,
  RolloutHost,
  RolloutStep,
  RolloutSummary,
} from '../../proto/http/api.ts'
import { efficiencyOf } from '../efficiency/rollout-efficiency.ts'
import type { HostProgress, PlanStep, RolloutState } from './state.ts'

/** What is known of a host in flight but not worth storing: the next message supersedes it. */
export interface LiveProgress {
  phase: string | null
  bytesDone: number
  bytesTotal: number
  /** Bytes done half a second ago and when, for the rate. */
  sampledBytes: number
  sampledAtMs: number
  bytesPerSecond: number
}

/** @param waitsFor what it waits for, as a sentence; not kept in the log. */
export function rolloutSummary(state: RolloutState, waitsFor: string | null = null): RolloutSummary {
  const { kind, retryOf, prefetch, by, why, breakGlass, awaitsPromote } = state
  return {
    ...{ id: state.id, app: state.app, kind, retryOf, prefetch, by, why, breakGlass, awaitsPromote, waitsFor },
    releaseId: state.releaseId,
    revision: state.revision,
    previousReleaseId: state.plan?.previousReleaseId ?? null,
    rollbackOf: state.rollbackOf,
    phase: state.phase,
    reason: state.reason,
    rollsBack: state.rollsBack,
    pools: poolsOf(state),
    createdAtMs: state.createdAtMs,
    startedAtMs: state.startedAtMs,
    endedAtMs: state.endedAtMs,
    watchUntilMs: state.watchUntilMs,
  }
}

/**
 * The rollout as the API shows it.
 * @param capacity bytes per second that one host can receive, if that is known.
 */
export function rolloutView(
  state: RolloutState,
  { live, waitsFor }: { readonly live: ReadonlyMap<string, LiveProgress>; readonly waitsFor: string | null },
  capacity: number | undefined,
): Rollout {
  return {
    ...rolloutSummary(state, waitsFor),
    order: state.plan?.order ?? state.order,
    seed: state.seed,
    steps: (state.plan?.steps ?? []).map(stepView),
    batches: (state.plan?.batches ?? []).map((batch) => [...batch]),
    hosts: Object.values(state.hosts).map((host) => hostView(host, live.get(host.host))),
    verdicts: [...state.verdicts],
    efficiency: efficiencyOf(state, capacity),
  }
}

export function stepView({ name, lastBatch, bakeMs, waitsForPromote }: PlanStep): RolloutStep {
  return { name, lastBatch: lastBatch + 1, bakeMs, waitsForPromote }
}

export function hostView(host: HostProgress, live: LiveProgress | undefined): RolloutHost {
  const { status } = host
  const inFlight = status.is === 'fetching' || status.is === 'activating'
  const bytesTotal = live?.bytesTotal ?? 0
  return {
    host: host.host,
    pool: host.pools[0] ?? '',
    zone: host.zone,
    why: host.why,
    retries: host.retries,
    batch: host.batch === null ? null : host.batch + 1,
    state: status.is satisfies HostState,
    phase: inFlight ? (live?.phase ?? null) : null,
    bytesDone: host.fetchMs === null ? (live?.bytesDone ?? 0) : bytesTotal,
    bytesTotal,
    fetchMs: host.fetchMs,
    activateMs: host.activateMs,
    bytes: host.totals,
    failure: failureOf(host),
  }
}

/** How far the distribution is, pool by pool; a host counts in its first pool. */
export function poolProgress(state: RolloutState, live: ReadonlyMap<string, LiveProgress>): PoolProgress[] {
  const pools = new Map<string, { -readonly [K in keyof PoolProgress]: PoolProgress[K] }>()
  for (const host of Object.values(state.hosts)) {
    if (host.batch === null) continue
    const pool = host.pools[0] ?? ''
    const sum = pools.get(pool) ?? { pool, hosts: 0, hostsFetched: 0, bytesDone: 0, bytesTotal: 0, bytesPerSecond: 0 }
    const progress = live.get(host.host)
    sum.hosts++
    if (host.fetchMs !== null) sum.hostsFetched++
    else sum.bytesPerSecond += progress?.bytesPerSecond ?? 0
    sum.bytesDone += host.fetchMs !== null ? (progress?.bytesTotal ?? 0) : (progress?.bytesDone ?? 0)
    sum.bytesTotal += progress?.bytesTotal ?? 0
    pools.set(pool, sum)
  }
  return [...pools.values()]
}

function poolsOf(state: RolloutState): string[] {
  if (state.pools.length > 0) return [...state.pools]
  return [...new Set(Object.values(state.hosts).flatMap((host) => host.pools))].sort()
}

function failureOf({ status, broken }: HostProgress): RolloutHost['failure'] {
  if (status.is === 'failed') return status.failure
  // While it is tried again, why.
  if (broken !== null && (status.is === 'fetched' || status.is === 'activating')) return broken.failure
  if (status.is === 'skipped') return { code: 'SKIPPED', message: status.why, phase: null }
  if (status.is === 'left') return { code: 'LEFT', message: status.why, phase: null }
  return null
}
