import type { PlannedHost, RolloutCommand, RolloutEvent } from './events.ts'
import { type Failure, type HostProgress, type HostStatus, hasEnded, type RolloutState } from './state.ts'

/** A state and what is to be done about it. */
export interface Step {
  readonly state: RolloutState
  readonly commands: readonly RolloutCommand[]
}

type Requested = Extract<RolloutEvent, { type: 'requested' }>
type Planned = Extract<RolloutEvent, { type: 'planned' }>

/** The state of a rollout that was just asked for. */
export function requested(event: Requested): RolloutState {
  const { id, app, revision, releaseId, rebuild, rollbackOf, pools } = event
  return {
    ...{ id, app, revision, releaseId, rebuild, rollbackOf, pools },
    phase: 'queued',
    pausedPhase: null,
    reason: null,
    createdAtMs: event.atMs,
    startedAtMs: null,
    endedAtMs: null,
    plan: null,
    batch: -1,
    bakingUntilMs: null,
    hosts: {},
  }
}

/**
 * The rollout's one rule book: pure, so that replaying the stored events gives the same state and the same commands.
 * An event that no longer fits (a late report, a repeated order) changes nothing.
 */
export function reduce(state: RolloutState, event: RolloutEvent): Step {
  switch (event.type) {
    case 'requested':
      return unchanged(state)
    case 'started':
      return start(state, event.atMs)
    case 'releaseBuilt':
      if (state.phase !== 'building') return unchanged(state)
      return { state: { ...state, releaseId: event.releaseId, phase: 'distributing' }, commands: [{ type: 'plan' }] }
    case 'buildFailed':
      return state.phase === 'building' ? end(state, 'halted', event.failure.message, event.atMs) : unchanged(state)
    case 'planned':
      return plan(state, event)
    case 'fetched':
      return fetched(state, event)
    case 'activated':
      return activated(state, event)
    case 'attemptFailed':
      return attemptFailed(state, event.host, event.attemptId, event.failure, event.atMs)
    case 'hostLost':
      return hostLost(state, event.host, event.message, event.atMs)
    case 'baked':
      return baked(state, event)
    case 'paused':
      return pause(state, event.reason)
    case 'resumed':
      return resume(state, event.atMs)
    case 'aborted':
      return hasEnded(state) ? unchanged(state) : end(state, 'aborted', event.reason, event.atMs)
  }
}

/** Every command whose result is still awaited: what a restarted coordinator, or an agent that came back, is told again. */
export function outstanding(state: RolloutState): RolloutCommand[] {
  if (state.phase === 'building') return [{ type: 'build' }]
  if (state.phase === 'distributing' && !state.plan) return [{ type: 'plan' }]
  return Object.values(state.hosts).flatMap((host) => outstandingOf(host))
}

/** When, in epoch milliseconds, the first attempt in flight has taken too long, and which one that is. */
export function nextDeadline(state: RolloutState): { atMs: number; host: string; attemptId: string } | undefined {
  let next: { atMs: number; host: string; attemptId: string } | undefined
  for (const { host, status } of Object.values(state.hosts)) {
    if (status.is !== 'fetching' && status.is !== 'activating') continue
    const allowedMs = status.is === 'fetching' ? state.plan!.distributeDeadlineMs : state.plan!.activateDeadlineMs
    const atMs = status.sinceMs + allowedMs
    if (!next || atMs < next.atMs) next = { atMs, host, attemptId: status.attemptId }
  }
  return next
}

/** Attempt ids follow from the rollout and the host, so that a command given again is recognized as the same. */
function attemptIdOf(state: RolloutState, host: string, what: 'fetch' | 'activate'): string {
  return `${state.id}/${host}/${what}`
}

function start(state: RolloutState, atMs: number): Step {
  if (state.phase !== 'queued') return unchanged(state)
  const started = { ...state, startedAtMs: atMs }
  if (state.releaseId === null) return { state: { ...started, phase: 'building' }, commands: [{ type: 'build' }] }
  return { state: { ...started, phase: 'distributing' }, commands: [{ type: 'plan' }] }
}

function plan(state: RolloutState, event: Planned): Step {
  if (state.phase !== 'distributing' || state.plan) return unchanged(state)
  const hosts = Object.fromEntries(event.hosts.map((host) => [host.host, plannedHost(state, host, event.atMs)]))
  const planned = { ...state, plan: event.plan, hosts }
  if (event.hosts.every((host) => typeof host.place === 'object' && 'skipped' in host.place)) {
    return end(planned, 'halted', whyNobodyMoves(event.hosts), event.atMs)
  }
  const commands = Object.values(hosts).flatMap((host) => outstandingOf(host))
  const step = advance(planned, event.atMs)
  return { state: step.state, commands: [...commands, ...step.commands] }
}

function plannedHost(state: RolloutState, { host, pools, place }: PlannedHost, atMs: number): HostProgress {
  const common = { host, pools, totals: null, timing: null, fetchMs: null, activateMs: null }
  if (place === 'unchanged') return { ...common, batch: null, status: { is: 'unchanged' } }
  if ('skipped' in place) return { ...common, batch: null, status: { is: 'skipped', why: place.skipped } }
  const attemptId = attemptIdOf(state, host, 'fetch')
  return { ...common, batch: place.batch, status: { is: 'fetching', attemptId, sinceMs: atMs } }
}

function whyNobodyMoves(hosts: readonly PlannedHost[]): string {
  if (hosts.length === 0) return 'no host is enrolled in the pools of this rollout'
  const reasons = hosts.map(({ host, place }) => `${host} ${(place as { skipped: string }).skipped}`)
  return `no host can take part: ${reasons.slice(0, 5).join(', ')}${reasons.length > 5 ? ', …' : ''}`
}

function fetched(state: RolloutState, event: Extract<RolloutEvent, { type: 'fetched' }>): Step {
  const host = state.hosts[event.host]
  if (host?.status.is !== 'fetching' || host.status.attemptId !== event.attemptId) return unchanged(state)
  const { totals, timing = null, durationMs: fetchMs } = event
  const progress = { ...host, status: { is: 'fetched' } as const, totals, timing, fetchMs }
  return advance(withHost(state, progress), event.atMs)
}

function activated(state: RolloutState, event: Extract<RolloutEvent, { type: 'activated' }>): Step {
  const host = state.hosts[event.host]
  if (!host || !awaitsActivation(host.status, event.attemptId)) return unchanged(state)
  const ready = { ...host, status: { is: 'ready' } as const, activateMs: event.durationMs }
  return bakeOrAdvance(withHost(state, ready), event.atMs)
}

/** Failures that we declared without a word from the agent. */
const givenUpCodes: ReadonlySet<string> = new Set(['HOST_LOST', 'DEADLINE_EXCEEDED'])

/** A host given up as lost may come back and report success after all: what was observed wins. */
function awaitsActivation(status: HostStatus, attemptId: string): boolean {
  if (status.is === 'activating') return status.attemptId === attemptId
  return status.is === 'failed' && status.attemptId === attemptId && givenUpCodes.has(status.failure.code)
}

function attemptFailed(state: RolloutState, name: string, attemptId: string, failure: Failure, atMs: number): Step {
  const host = state.hosts[name]
  if (!host || (host.status.is !== 'fetching' && host.status.is !== 'activating')) return unchanged(state)
  if (host.status.attemptId !== attemptId) return unchanged(state)
  const duringActivation = host.status.is === 'activating'
  if (host.status.is === 'activating' && host.status.cancelling && failure.code === 'ATTEMPT_CANCELLED') {
    return { state: withHost(state, { ...host, status: { is: 'cancelled' } }), commands: [] }
  }
  const failed = withHost(state, { ...host, status: { is: 'failed', failure, attemptId, duringActivation } })
  // The agent may still be at it: what we gave up it must not finish behind our back.
  const cancels: RolloutCommand[] = givenUpCodes.has(failure.code) ? [{ type: 'cancel', host: name, attemptId }] : []
  if (hasEnded(failed)) return { state: failed, commands: cancels }
  const failures = Object.values(failed.hosts).filter((other) => other.status.is === 'failed').length
  if (failures <= state.plan!.failureBudget) {
    return also(duringActivation ? bakeOrAdvance(failed, atMs) : advance(failed, atMs), cancels)
  }
  const where = failure.phase ? ` in ${failure.phase}` : ''
  const budget =
    state.plan!.failureBudget > 0 ? ` (${failures} hosts failed, the budget is ${state.plan!.failureBudget})` : ''
  return also(end(failed, 'halted', `${name} failed${where}: ${failure.message}${budget}`, atMs), cancels)
}

function hostLost(state: RolloutState, name: string, message: string, atMs: number): Step {
  const status = state.hosts[name]?.status
  if (status?.is !== 'fetching' && status?.is !== 'activating') return unchanged(state)
  return attemptFailed(state, name, status.attemptId, { code: 'HOST_LOST', message, phase: null }, atMs)
}

function pause(state: RolloutState, reason: string): Step {
  if (state.phase !== 'distributing' && state.phase !== 'activating') return unchanged(state)
  return { state: { ...state, phase: 'paused', pausedPhase: state.phase, reason }, commands: [] }
}

function resume(state: RolloutState, atMs: number): Step {
  if (state.phase !== 'paused') return unchanged(state)
  const resumed = { ...state, phase: state.pausedPhase!, pausedPhase: null, reason: null }
  // Paused before the plan was made: its result was passed over, so it is asked for again.
  if (!resumed.plan) return { state: resumed, commands: [{ type: 'plan' }] }
  return advance(resumed, atMs)
}

/** Goes as far as the state allows: from distributing to activating, from one batch to the next, to the end. */
function advance(state: RolloutState, atMs: number): Step {
  const statuses = Object.values(state.hosts).map((host) => host.status.is)
  if (state.phase === 'distributing') {
    if (statuses.includes('fetching')) return unchanged(state)
    return advance({ ...state, phase: 'activating' }, atMs)
  }
  if (state.phase !== 'activating' || statuses.includes('activating') || state.bakingUntilMs !== null)
    return unchanged(state)
  return nextBatch(state, atMs)
}

/** A batch whose last host has become ready is watched for a while, if the policy says so. */
function bakeOrAdvance(state: RolloutState, atMs: number): Step {
  const inFlight = Object.values(state.hosts).some((host) => host.status.is === 'activating')
  const bakes = (state.phase === 'activating' || state.phase === 'paused') && !inFlight && (state.plan?.bakeMs ?? 0) > 0
  return bakes ? { state: { ...state, bakingUntilMs: atMs + state.plan!.bakeMs }, commands: [] } : advance(state, atMs)
}

function baked(state: RolloutState, event: Extract<RolloutEvent, { type: 'baked' }>): Step {
  if (state.bakingUntilMs === null || state.batch !== event.batch || hasEnded(state)) return unchanged(state)
  const judged = { ...state, bakingUntilMs: null }
  return event.fault === null ? advance(judged, event.atMs) : end(judged, 'halted', event.fault, event.atMs)
}

function nextBatch(state: RolloutState, atMs: number): Step {
  const batches = state.plan!.batches
  for (let index = state.batch + 1; index < batches.length; index++) {
    const hosts = batches[index]!.map((name) => state.hosts[name]!).filter((host) => host.status.is === 'fetched')
    if (hosts.length === 0) continue
    const overfull = poolWithoutCapacity(state, hosts)
    if (overfull) return end(state, 'halted', overfull, atMs)
    return activateBatch(state, index, hosts, atMs)
  }
  return end(state, 'done', null, atMs)
}

function activateBatch(state: RolloutState, index: number, hosts: readonly HostProgress[], atMs: number): Step {
  const moving = hosts.map((host) => {
    const attemptId = attemptIdOf(state, host.host, 'activate')
    return { ...host, status: { is: 'activating', attemptId, sinceMs: atMs, cancelling: false } as const }
  })
  const moved = {
    ...state,
    batch: index,
    hosts: { ...state.hosts, ...Object.fromEntries(moving.map((host) => [host.host, host])) },
  }
  return { state: moved, commands: moving.flatMap((host) => outstandingOf(host)) }
}

/** A host that failed while it was activated is out of service and counts against its pools. */
function poolWithoutCapacity(state: RolloutState, batch: readonly HostProgress[]): string | undefined {
  const broken = Object.values(state.hosts).filter(
    (host) => host.status.is === 'failed' && host.status.duringActivation,
  )
  for (const pool of new Set(batch.flatMap((host) => host.pools))) {
    const down = broken.filter((host) => host.pools.includes(pool)).length
    const next = batch.filter((host) => host.pools.includes(pool)).length
    const limit = state.plan!.limits[pool] ?? 1
    if (down > 0 && down + next > limit) {
      return `pool ${pool}: ${down} failed and the next batch takes ${next} more, but at most ${limit} may be out of service`
    }
  }
  return undefined
}

function end(state: RolloutState, phase: 'done' | 'halted' | 'aborted', reason: string | null, atMs: number): Step {
  const commands: RolloutCommand[] = []
  const hosts = Object.fromEntries(
    Object.entries(state.hosts).map(([name, host]) => {
      const { status } = host
      if (status.is === 'fetching') commands.push({ type: 'cancel', host: name, attemptId: status.attemptId })
      if (status.is === 'fetching' || status.is === 'fetched')
        return [name, { ...host, status: { is: 'cancelled' } as const }]
      // A halt lets a host in the middle of its restart finish; an abort stops it now.
      if (status.is !== 'activating' || phase !== 'aborted') return [name, host]
      commands.push({ type: 'cancel', host: name, attemptId: status.attemptId })
      return [name, { ...host, status: { ...status, cancelling: true } }]
    }),
  )
  return { state: { ...state, phase, pausedPhase: null, reason, endedAtMs: atMs, hosts }, commands }
}

function outstandingOf({ host, batch, status }: HostProgress): RolloutCommand[] {
  if (status.is === 'fetching') return [{ type: 'fetch', host, attemptId: status.attemptId }]
  if (status.is !== 'activating') return []
  if (status.cancelling) return [{ type: 'cancel', host, attemptId: status.attemptId }]
  return [{ type: 'activate', host, attemptId: status.attemptId, batch: batch ?? 0 }]
}

function withHost(state: RolloutState, host: HostProgress): RolloutState {
  return { ...state, hosts: { ...state.hosts, [host.host]: host } }
}

function also(step: Step, commands: readonly RolloutCommand[]): Step {
  return { state: step.state, commands: [...commands, ...step.commands] }
}

function unchanged(state: RolloutState): Step {
  return { state, commands: [] }
}
