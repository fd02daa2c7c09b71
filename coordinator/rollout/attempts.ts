import { advance } from './advance.ts'
import type { RolloutCommand } from './events.ts'
import { budgetExcess, exceeded } from './failing.ts'
import { type Failure, type HostProgress, type HostStatus, hasEnded, type RolloutState } from './state.ts'
import { also, attemptIdOf, leftAsItWas, outstandingOf, type Step, unchanged, withHost } from './step.ts'

type FailedAttempt = Omit<Extract<HostStatus, { is: 'failed' }>, 'is'>

/** Failures that we declared without a word from the agent. */
const givenUpCodes: ReadonlySet<string> = new Set(['HOST_LOST', 'DEADLINE_EXCEEDED'])
/** To try again at once would fail at once. */
const finalCodes: ReadonlySet<string> = new Set(['HOST_LOST'])
/** In these the old release is live and nothing of it was touched: a host that fails here goes on serving. */
const harmlessPhases: ReadonlySet<string | null> = new Set(['prepare', 'preActivate'])

/** A host given up as lost may come back and report success after all: what was observed wins. */
export function awaitsActivation(status: HostStatus, attemptId: string): boolean {
  if (status.is === 'activating') return status.attemptId === attemptId
  return status.is === 'failed' && status.attemptId === attemptId && givenUpCodes.has(status.failure.code)
}

/** Within the budget the host is tried again, then left out; beyond it the rollout stops as its policy says. */
export function fail(state: RolloutState, name: string, attemptId: string, failure: Failure, atMs: number): Step {
  const host = state.hosts[name]
  if (!host || (host.status.is !== 'fetching' && host.status.is !== 'activating')) return unchanged(state)
  if (host.status.attemptId !== attemptId) return unchanged(state)
  if (host.status.is === 'activating' && host.status.cancelling && failure.code === 'ATTEMPT_CANCELLED')
    return { state: withHost(state, { ...host, status: leftAsItWas(host) }), commands: [] }
  return failed(state, host, { failure, attemptId, duringActivation: host.status.is === 'activating' }, atMs)
}

/** A host that was away for too long has failed, also while it waits for its turn. What a prefetch has brought stays. */
export function lose(state: RolloutState, name: string, message: string, atMs: number): Step {
  const host = state.hosts[name]
  const failure = { code: 'HOST_LOST', message, phase: null }
  if (host?.status.is === 'fetching' || host?.status.is === 'activating')
    return fail(state, name, host.status.attemptId, failure, atMs)
  if (host?.status.is !== 'fetched' || state.prefetch) return unchanged(state)
  const attemptId = host.broken?.attemptId ?? attemptIdOf(state, host, 'fetch')
  return failed(state, host, { failure, attemptId, duringActivation: host.broken !== null }, atMs)
}

function failed(state: RolloutState, host: HostProgress, end: FailedAttempt, atMs: number): Step {
  const { failure, attemptId, duringActivation } = end
  const name = host.host
  const isHarmless = harmlessPhases.has(failure.phase) && !givenUpCodes.has(failure.code)
  const mayBeOut = host.broken?.mayBeOut === true || !isHarmless
  const broken = duringActivation ? { failure, attemptId, mayBeOut } : host.broken
  const failed = withHost(state, { ...host, status: { is: 'failed', ...end }, broken })
  // The agent may still be at it: what we gave up must not finish behind our back.
  const cancels: RolloutCommand[] = givenUpCodes.has(failure.code) ? [{ type: 'cancel', host: name, attemptId }] : []
  if (hasEnded(failed)) return { state: failed, commands: cancels }
  const excess = budgetExcess(failed, host)
  if (excess !== undefined) {
    const where = failure.phase ? ` in ${failure.phase}` : ''
    return also(exceeded(failed, `${name} failed${where}: ${failure.message}${excess}`, atMs), cancels)
  }
  if (host.retries >= state.plan!.retries || finalCodes.has(failure.code)) return also(advance(failed, atMs), cancels)
  const step = again(failed, failed.hosts[name]!, duringActivation, atMs)
  return also(also(advance(step.state, atMs), step.commands), cancels)
}

/** Hosts that failed are tried anew, as if they had not. */
export function retry(state: RolloutState, names: readonly string[], atMs: number): Step {
  if (hasEnded(state) || !state.plan) return unchanged(state)
  let current = state
  const commands: RolloutCommand[] = []
  for (const name of names) {
    const host = current.hosts[name]
    if (host?.status.is !== 'failed') continue
    const step = again(current, host, host.status.duringActivation, atMs)
    current = step.state
    commands.push(...step.commands)
  }
  if (current === state) return unchanged(state)
  // A step whose hosts are tried again is not over: it waits to be promoted when they are done.
  const resumed =
    current.phase === 'paused'
      ? {
          ...current,
          ...{ phase: current.pausedPhase!, pausedPhase: null, reason: null },
          ...{ awaitsPromote: false, progressAtMs: atMs },
        }
      : current
  return also(advance(resumed, atMs), commands)
}

/** A new attempt, with an id of its own. One that failed while it was activated waits for its turn like those that have not moved. */
function again(state: RolloutState, host: HostProgress, duringActivation: boolean, atMs: number): Step {
  const next = { ...host, retries: host.retries + 1 }
  if (duringActivation) return { state: withHost(state, { ...next, status: { is: 'fetched' } }), commands: [] }
  const status = { is: 'fetching', attemptId: attemptIdOf(state, next, 'fetch'), sinceMs: atMs } as const
  const fetching = { ...next, status }
  return { state: withHost(state, fetching), commands: outstandingOf(fetching) }
}
