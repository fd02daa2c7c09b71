import type { ApiEvent, HostState, PoolProgress, Rollout, RolloutHost, RolloutPhase } from '../../proto/http/api.ts'

/** A rollout as far as a watcher knows it: what the coordinator told at first, and every event since. */
export interface WatchState {
  readonly rollout: Rollout
  /** The last measured rates; empty until the first of them arrives. */
  readonly progress: readonly PoolProgress[]
  /** The rollout that this one waits for, while it is queued. */
  readonly behind: string | undefined
}

export type BatchState = 'waiting' | 'running' | 'done'

const endedPhases: ReadonlySet<RolloutPhase> = new Set(['done', 'halted', 'aborted'])
const settledStates: ReadonlySet<HostState> = new Set(['ready', 'unchanged', 'skipped', 'failed', 'cancelled', 'left'])
const fetchedStates: ReadonlySet<HostState> = new Set(['fetched', 'activating', 'ready', 'unchanged'])

export function hasEnded(rollout: { readonly phase: RolloutPhase }): boolean {
  return endedPhases.has(rollout.phase)
}

export function startWatching(rollout: Rollout): WatchState {
  return { rollout, progress: [], behind: undefined }
}

/** The state after one event; an event that says nothing about the rollout changes nothing. */
export function applyEvent(state: WatchState, event: ApiEvent): WatchState {
  const { data } = event
  switch (event.type) {
    case 'rollout.queued':
      return { ...state, behind: textOrNull(data.behind) ?? undefined }
    case 'rollout.waiting':
      return { ...state, rollout: { ...state.rollout, waitsFor: textOrNull(data.waitsFor) } }
    case 'rollout.phase':
      return {
        ...state,
        rollout: { ...state.rollout, phase: data.phase as RolloutPhase, reason: textOrNull(data.reason) },
      }
    case 'rollout.host':
      return { ...state, rollout: withHost(state.rollout, data as unknown as RolloutHost) }
    case 'rollout.batch':
      return { ...state, rollout: withBatch(state.rollout, Number(data.batch), data.hosts as string[]) }
    case 'rollout.progress':
      return { ...state, progress: data.pools as PoolProgress[] }
    default:
      return state
  }
}

/**
 * Takes the plan (release, batches, hosts) from a newer answer of the coordinator, but leaves to the events what the
 * hosts do: events that are still on their way are older than the answer, and would seem to set a host back.
 */
export function adoptPlan(state: WatchState, answer: Rollout): WatchState {
  const known = new Map(state.rollout.hosts.map((host) => [host.host, host]))
  const hosts = answer.hosts.map((host) => {
    const before = known.get(host.host)
    return before && !completesFetch(before, host) ? { ...before, batch: host.batch } : host
  })
  const { phase, reason } = state.rollout
  return { ...state, rollout: { ...answer, hosts, phase, reason } }
}

/** The last host's fetch ends the distribution, and that is told first; the bars should end full. */
function completesFetch(before: RolloutHost, now: RolloutHost): boolean {
  return now.state === 'fetched' && (before.state === 'pending' || before.state === 'fetching')
}

/** How far the distribution is, one entry a pool: counted from the hosts, with the last measured rate. */
export function poolProgress(state: WatchState): PoolProgress[] {
  const measured = new Map(state.progress.map((progress) => [progress.pool, progress]))
  const pools = new Map<string, RolloutHost[]>()
  for (const host of state.rollout.hosts) {
    if (host.state !== 'skipped') pools.set(host.pool, [...(pools.get(host.pool) ?? []), host])
  }
  return [...pools].map(([pool, hosts]) => {
    const hostsFetched = hosts.filter(hasFetched).length
    const counted = { pool, hosts: hosts.length, hostsFetched, ...byteSums(hosts), bytesPerSecond: 0 }
    const last = measured.get(pool)
    if (!last || hostsFetched === hosts.length) return counted
    return { ...counted, bytesDone: last.bytesDone, bytesTotal: last.bytesTotal, bytesPerSecond: last.bytesPerSecond }
  })
}

export function batchState(hosts: readonly RolloutHost[]): BatchState {
  if (hosts.length > 0 && hosts.every((host) => settledStates.has(host.state))) return 'done'
  return hosts.some(hasBegunActivation) ? 'running' : 'waiting'
}

/** The hosts of each batch, in the batch's order. */
export function batchesOf(rollout: Rollout): RolloutHost[][] {
  const byName = new Map(rollout.hosts.map((host) => [host.host, host]))
  return rollout.batches.map((names) => names.flatMap((name) => byName.get(name) ?? []))
}

/** A host that failed while it fetched has not kept its batch from waiting. */
function hasBegunActivation({ state, failure }: RolloutHost): boolean {
  return state === 'activating' || state === 'ready' || (state === 'failed' && !failedToFetch(failure))
}

function hasFetched({ state, failure }: RolloutHost): boolean {
  return fetchedStates.has(state) || (state === 'failed' && !failedToFetch(failure))
}

function failedToFetch(failure: RolloutHost['failure']): boolean {
  return failure === null || failure.phase === null || failure.phase === 'fetch' || failure.phase === 'unpack'
}

function withHost(rollout: Rollout, changed: RolloutHost): Rollout {
  const isKnown = rollout.hosts.some((host) => host.host === changed.host)
  const hosts = isKnown
    ? rollout.hosts.map((host) => (host.host === changed.host ? changed : host))
    : [...rollout.hosts, changed]
  return { ...rollout, hosts }
}

function withBatch(rollout: Rollout, number: number, hosts: string[]): Rollout {
  const batches = [...rollout.batches]
  while (batches.length < number) batches.push([])
  batches[number - 1] = hosts
  return { ...rollout, batches }
}

/** A host that holds the release from an earlier rollout has fetched nothing, yet is done. */
function byteSums(hosts: readonly RolloutHost[]): { bytesDone: number; bytesTotal: number } {
  const largest = Math.max(0, ...hosts.map((host) => host.bytesTotal))
  let bytesDone = 0
  for (const host of hosts) bytesDone += hasFetched(host) ? host.bytesTotal || largest : host.bytesDone
  return { bytesDone, bytesTotal: largest * hosts.length }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
