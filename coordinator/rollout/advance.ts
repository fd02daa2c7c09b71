import type { RolloutEvent } from './events.ts'
import { exceeded, poolWithoutCapacity } from './failing.ts'
import type { HostProgress, PlanStep, RolloutState } from './state.ts'
import { attemptIdOf, end, outstandingOf, type Step, unchanged } from './step.ts'

/** Goes as far as the state allows: from distributing to activating, from one step to the next, to the end. */
export function advance(state: RolloutState, atMs: number): Step {
  if (state.phase === 'distributing') {
    const isFetching = Object.values(state.hosts).some(({ status }) => status.is === 'fetching')
    if (isFetching && (state.prefetch || !state.isPastStragglers)) return unchanged(state)
    if (state.prefetch) return end(state, 'done', doneReason(state), atMs)
    return advance({ ...state, phase: 'activating', progressAtMs: atMs }, atMs)
  }
  if (state.phase !== 'activating' || state.bakingUntilMs !== null) return unchanged(state)
  if (!isStepOpen(state)) return endStep(state, atMs)
  if (!isAnyUpTo(state, ({ status }) => status.is === 'fetched')) return unchanged(state)
  const reason = poolWithoutCapacity(state, () => waitingHosts(state))
  return reason ? exceeded(state, reason, atMs) : { state, commands: [{ type: 'reserve' }] }
}

/** Hosts that may move as soon as capacity allows, in the order of the plan. */
export function waitingHosts(state: RolloutState): HostProgress[] {
  if (state.phase !== 'activating' || state.bakingUntilMs !== null || !state.plan) return []
  return hostsUpTo(state, ({ status }) => status.is === 'fetched')
}

/** Capacity allows these hosts to move. */
export function grant(state: RolloutState, names: readonly string[], atMs: number): Step {
  const wanted = new Set(names)
  const granted = waitingHosts(state).filter(({ host }) => wanted.has(host))
  if (granted.length === 0) return unchanged(state)
  const moving = granted.map((host) => {
    const attemptId = attemptIdOf(state, host, 'activate')
    return { ...host, status: { is: 'activating', attemptId, sinceMs: atMs, cancelling: false } as const }
  })
  const moved = {
    ...state,
    batch: Math.max(state.batch, ...moving.map(({ batch }) => batch ?? 0)),
    hosts: { ...state.hosts, ...Object.fromEntries(moving.map((host) => [host.host, host])) },
  }
  const more = waitingHosts(moved).length > 0 ? ([{ type: 'reserve' }] as const) : []
  return { state: moved, commands: [...moving.flatMap((host) => outstandingOf(host)), ...more] }
}

/** The step has been watched, or turned bad before that. */
export function baked(
  state: RolloutState,
  { batch, fault, verdict = null, atMs }: Extract<RolloutEvent, { type: 'baked' }>,
): Step {
  if (state.bakingUntilMs === null || state.batch !== batch) return unchanged(state)
  const verdicts = verdict === null ? state.verdicts : [...state.verdicts, verdict]
  const judged = { ...state, bakingUntilMs: null, bakedStep: state.step, progressAtMs: atMs, verdicts }
  if (fault === null) return advance(judged, atMs)
  return exceeded(judged, fault, atMs, verdict && verdict.action !== 'goOn' ? verdict.action : undefined)
}

/** An operator lets the next step begin. */
export function promote(state: RolloutState, atMs: number): Step {
  if (!state.awaitsPromote) return unchanged(state)
  return nextStep({ ...state, phase: 'activating', pausedPhase: null, reason: null, awaitsPromote: false }, atMs)
}

export function isBaking({ bakingUntilMs, phase }: RolloutState): boolean {
  return bakingUntilMs !== null && (phase === 'activating' || phase === 'paused')
}

/** Some host of the steps so far is still to move, or moves. */
export function isStepOpen(state: RolloutState): boolean {
  const isLast = state.step >= state.plan!.steps.length - 1
  const isFetchAwaited = isLast || isCanary(state) || !state.isPastStragglers
  return isAnyUpTo(state, ({ status }) => {
    return status.is === 'activating' || status.is === 'fetched' || (status.is === 'fetching' && isFetchAwaited)
  })
}

/** Looked at after every event, so from the end: those that have not moved are there. */
function isAnyUpTo(state: RolloutState, isIt: (host: HostProgress) => boolean): boolean {
  const { batches } = state.plan!
  for (let index = stepOf(state)?.lastBatch ?? -1; index >= 0; index--)
    if (batches[index]!.some((name) => isIt(state.hosts[name]!))) return true
  return false
}

/** Hosts of the steps so far that `isWanted`, in the order of the plan. */
function hostsUpTo(state: RolloutState, isWanted: (host: HostProgress) => boolean): HostProgress[] {
  const { batches } = state.plan!
  const lastBatch = stepOf(state)?.lastBatch ?? -1
  const wanted: HostProgress[] = []
  for (let index = 0; index <= lastBatch; index++)
    for (const name of batches[index]!) {
      const host = state.hosts[name]!
      if (isWanted(host)) wanted.push(host)
    }
  return wanted
}

function stepOf(state: RolloutState): PlanStep | undefined {
  return state.plan!.steps[state.step]
}

function endStep(state: RolloutState, atMs: number): Step {
  const step = stepOf(state)
  if (!step) return end(state, 'done', doneReason(state), atMs)
  const hasMoved = hasMovedIn(state)
  if (state.bakedStep < state.step) {
    const looked = { ...state, bakedStep: state.step }
    if (!hasMoved && isCanary(state)) return exceeded(looked, 'no host of the canary could be moved', atMs)
    if (hasMoved && step.bakeMs > 0) return { state: { ...state, bakingUntilMs: atMs + step.bakeMs }, commands: [] }
  }
  if (!step.waitsForPromote) return nextStep(state, atMs)
  const reason = `step ${step.name} is done; waits for: rollout promote ${state.id}`
  return {
    state: { ...state, phase: 'paused', pausedPhase: 'activating', awaitsPromote: true, reason },
    commands: [],
  }
}

/** What the canary would have shown is worth waiting for. */
function isCanary(state: RolloutState): boolean {
  return stepOf(state)?.name === 'canary'
}

/** Some host of this very step was moved, so there is something to watch and to judge. */
function hasMovedIn(state: RolloutState): boolean {
  const { steps, batches } = state.plan!
  const firstBatch = (steps[state.step - 1]?.lastBatch ?? -1) + 1
  return batches
    .slice(firstBatch, steps[state.step]!.lastBatch + 1)
    .flat()
    .some((name) => {
      const { status } = state.hosts[name]!
      return status.is === 'ready' || (status.is === 'failed' && status.duringActivation)
    })
}

function nextStep(state: RolloutState, atMs: number): Step {
  const isLast = state.step >= state.plan!.steps.length - 1
  if (isLast) return end(state, 'done', doneReason(state), atMs)
  return advance({ ...state, step: state.step + 1, progressAtMs: atMs }, atMs)
}

/** Names the hosts that were left out, if there are some. */
function doneReason(state: RolloutState): string | null {
  const failed = Object.values(state.hosts).filter(({ status }) => status.is === 'failed')
  if (failed.length === 0) return null
  const names = failed.slice(0, 5).map(({ host }) => host)
  return `but for ${failed.length} that failed: ${names.join(', ')}${failed.length > 5 ? ', …' : ''}`
}
