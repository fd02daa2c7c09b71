import type { PlacedHost } from '../../planning/plan.ts'
import { advance, baked, grant, promote, waitingHosts } from './advance.ts'
import { awaitsActivation, fail, lose, retry } from './attempts.ts'
import type { RolloutCommand, RolloutEvent } from './events.ts'
import { exceeded } from './failing.ts'
import { type HostProgress, hasEnded, type RolloutState } from './state.ts'
import { also, attemptIdOf, end, outstandingOf, type Step, unchanged, withHost } from './step.ts'

type EventOf<Type extends RolloutEvent['type']> = Extract<RolloutEvent, { type: Type }>

/** The state of a rollout that was just asked for. */
export function requested({ type: _type, atMs, ...order }: EventOf<'requested'>): RolloutState {
  return {
    ...order,
    phase: 'queued',
    pausedPhase: null,
    reason: null,
    createdAtMs: atMs,
    startedAtMs: null,
    endedAtMs: null,
    plan: null,
    isPastStragglers: false,
    step: 0,
    batch: -1,
    bakedStep: -1,
    bakingUntilMs: null,
    awaitsPromote: false,
    progressAtMs: atMs,
    rollsBack: false,
    verdicts: [],
    watchUntilMs: null,
    hosts: {},
  }
}

/**
 * The rollout's one rule book: pure, so that replaying the stored events gives the same state and the same commands.
 * An event that no longer fits (a late report, a repeated order) changes nothing.
 */
export function reduce(state: RolloutState, event: RolloutEvent): Step {
  const { atMs } = event
  switch (event.type) {
    case 'requested':
      return unchanged(state)
    case 'started':
      return start(state, atMs)
    case 'releaseBuilt':
      return built(state, event.releaseId)
    case 'buildFailed':
      return isBuilding(state) ? end(state, 'halted', event.failure.message, atMs) : unchanged(state)
    case 'planned':
      return plan(state, event)
    case 'fetched':
      return fetched(state, event)
    case 'stragglersPassed':
      return state.phase === 'distributing' ? advance({ ...state, isPastStragglers: true }, atMs) : unchanged(state)
    case 'granted':
      return grant(state, event.hosts, atMs)
    case 'activated':
      return activated(state, event)
    case 'attemptFailed':
      return fail(state, event.host, event.attemptId, event.failure, atMs)
    case 'hostLost':
      return lose(state, event.host, event.message, atMs)
    case 'hostLeft':
      return hostLeft(state, event)
    case 'stalled':
      return stalled(state, atMs)
    case 'baked':
      return hasEnded(state) ? unchanged(state) : baked(state, event)
    case 'watched':
      return watched(state, event)
    case 'releaseRevoked':
      return hasEnded(state) ? unchanged(state) : end(state, 'halted', event.reason, atMs)
    case 'paused':
      return pause(state, event.reason)
    case 'resumed':
      return resume(state, atMs)
    case 'promoted':
      return promote(state, atMs)
    case 'retried':
      return retry(state, event.hosts, atMs)
    case 'aborted':
      return hasEnded(state) ? unchanged(state) : end(state, 'aborted', event.reason, atMs)
  }
}

/** Every command whose result is still awaited: what a restarted coordinator, or an agent that came back, is told again. */
export function outstanding(state: RolloutState): RolloutCommand[] {
  if (isBuilding(state)) return [{ type: 'build' }]
  if (state.phase === 'distributing' && !state.plan) return [{ type: 'plan' }]
  const commands = Object.values(state.hosts).flatMap((host) => outstandingOf(host))
  return waitingHosts(state).length > 0 ? [...commands, { type: 'reserve' }] : commands
}

function start(state: RolloutState, atMs: number): Step {
  if (state.phase !== 'queued') return unchanged(state)
  const started = { ...state, startedAtMs: atMs }
  if (state.releaseId === null) return { state: { ...started, phase: 'building' }, commands: [{ type: 'build' }] }
  return { state: { ...started, phase: 'distributing' }, commands: [{ type: 'plan' }] }
}

/** A build goes on while the rollout is paused; what follows waits. */
function isBuilding({ phase, pausedPhase }: RolloutState): boolean {
  return phase === 'building' || (phase === 'paused' && pausedPhase === 'building')
}

function built(state: RolloutState, releaseId: string): Step {
  if (!isBuilding(state)) return unchanged(state)
  if (state.phase === 'paused') return { state: { ...state, releaseId, pausedPhase: 'distributing' }, commands: [] }
  return { state: { ...state, releaseId, phase: 'distributing' }, commands: [{ type: 'plan' }] }
}

function plan(state: RolloutState, event: EventOf<'planned'>): Step {
  if (state.phase !== 'distributing' || state.plan) return unchanged(state)
  const hosts = Object.fromEntries(event.hosts.map((host) => [host.host, plannedHost(state, host, event.atMs)]))
  const planned = { ...state, plan: event.plan, hosts }
  if (event.hosts.every((host) => typeof host.place === 'object' && 'skipped' in host.place)) {
    return end(planned, 'halted', whyNobodyMoves(event.hosts), event.atMs)
  }
  const commands = Object.values(hosts).flatMap((host) => outstandingOf(host))
  return also(advance(planned, event.atMs), commands)
}

function plannedHost(state: RolloutState, { host, pools, zone, place, why }: PlacedHost, atMs: number): HostProgress {
  const untried = { retries: 0, broken: null, totals: null, timing: null, fetchMs: null, activateMs: null, moved: null }
  const common = { host, pools, zone, why, ...untried }
  if (place === 'unchanged') return { ...common, batch: null, status: { is: 'unchanged' } }
  if ('skipped' in place) return { ...common, batch: null, status: { is: 'skipped', why: place.skipped } }
  const fresh = { ...common, batch: place.batch, status: { is: 'fetched' } as const }
  const attemptId = attemptIdOf(state, fresh, 'fetch')
  return { ...fresh, status: { is: 'fetching', attemptId, sinceMs: atMs } }
}

function whyNobodyMoves(hosts: readonly PlacedHost[]): string {
  if (hosts.length === 0) return 'no host is enrolled in the pools of this rollout'
  const reasons = hosts.map(({ host, place }) => `${host} ${(place as { skipped: string }).skipped}`)
  return `no host can take part: ${reasons.slice(0, 5).join(', ')}${reasons.length > 5 ? ', …' : ''}`
}

function fetched(state: RolloutState, event: EventOf<'fetched'>): Step {
  const host = state.hosts[event.host]
  if (host?.status.is !== 'fetching' || host.status.attemptId !== event.attemptId) return unchanged(state)
  const { totals, timing = null, durationMs: fetchMs } = event
  const progress = { ...host, status: { is: 'fetched' } as const, totals, timing, fetchMs }
  return advance(withHost(state, progress), event.atMs)
}

function activated(state: RolloutState, event: EventOf<'activated'>): Step {
  const host = state.hosts[event.host]
  if (!host || !awaitsActivation(host.status, event.attemptId)) return unchanged(state)
  const moved = { fromMs: event.atMs - event.durationMs, readyAtMs: event.atMs }
  const ready = { ...host, status: { is: 'ready' } as const, broken: null, activateMs: event.durationMs, moved }
  return advance(withHost({ ...state, progressAtMs: event.atMs }, ready), event.atMs)
}

function hostLeft(state: RolloutState, { host: name, why, atMs }: EventOf<'hostLeft'>): Step {
  const host = state.hosts[name]
  const { is } = host?.status ?? {}
  if (!host || (is !== 'fetching' && is !== 'fetched' && is !== 'activating')) return unchanged(state)
  return advance(withHost(state, { ...host, status: { is: 'left', why } }), atMs)
}

function stalled(state: RolloutState, atMs: number): Step {
  if (state.phase !== 'activating') return unchanged(state)
  const waiting = waitingHosts(state).map(({ host }) => host)
  const who =
    waiting.length > 0 ? `; these wait: ${waiting.slice(0, 5).join(', ')}${waiting.length > 5 ? ', …' : ''}` : ''
  return exceeded(state, `no host became ready for ${atMs - state.progressAtMs} ms${who}`, atMs)
}

function pause(state: RolloutState, reason: string): Step {
  if (state.phase !== 'building' && state.phase !== 'distributing' && state.phase !== 'activating')
    return unchanged(state)
  return { state: { ...state, phase: 'paused', pausedPhase: state.phase, reason }, commands: [] }
}

/** The watch after the end is over. What turned bad goes back if the verdict says so: there is nothing left to halt or to pause. */
function watched(state: RolloutState, { verdict }: EventOf<'watched'>): Step {
  if (state.watchUntilMs === null) return unchanged(state)
  const over = { ...state, watchUntilMs: null }
  if (verdict === null) return { state: over, commands: [] }
  const verdicts = [...state.verdicts, verdict]
  if (verdict.action === 'goOn') return { state: { ...over, verdicts }, commands: [] }
  const hasPrevious = Object.keys(state.plan!.previousReleaseIds).length > 0
  const rollsBack = verdict.action === 'rollback' && hasPrevious
  const reason = `turned bad after its end: ${verdict.reason}${rollsBack ? '; goes back' : ''}`
  return { state: { ...over, verdicts, rollsBack, reason }, commands: [] }
}

function resume(state: RolloutState, atMs: number): Step {
  if (state.phase !== 'paused' || state.awaitsPromote) return unchanged(state)
  const resumed = { ...state, phase: state.pausedPhase!, pausedPhase: null, reason: null, progressAtMs: atMs }
  if (resumed.phase === 'building') return { state: resumed, commands: [] }
  // Paused before the plan was made: its result was passed over, so it is asked for again.
  if (!resumed.plan) return { state: resumed, commands: [{ type: 'plan' }] }
  return advance(resumed, atMs)
}
