import type { RolloutCommand } from './events.ts'
import type { HostProgress, HostStatus, RolloutState } from './state.ts'

/** A state and what is to be done about it. */
export interface Step {
  readonly state: RolloutState
  readonly commands: readonly RolloutCommand[]
}

export function unchanged(state: RolloutState): Step {
  return { state, commands: [] }
}

/** With these commands before its own. */
export function also(step: Step, commands: readonly RolloutCommand[]): Step {
  return { state: step.state, commands: [...commands, ...step.commands] }
}

export function withHost(state: RolloutState, host: HostProgress): RolloutState {
  return { ...state, hosts: { ...state.hosts, [host.host]: host } }
}

/** Attempt ids follow from the rollout, the host and the try, so that a command given again is recognized as the same. */
export function attemptIdOf(state: RolloutState, host: HostProgress, what: 'fetch' | 'activate'): string {
  const first = `${state.id}/${host.host}/${what}`
  return host.retries === 0 ? first : `${first}/${host.retries + 1}`
}

export function isFetchAttempt(attemptId: string): boolean {
  return /\/fetch(\/\d+)?$/.test(attemptId)
}

/** What an agent is still to do for the rollout. */
export function outstandingOf({ host, batch, status }: HostProgress): RolloutCommand[] {
  if (status.is === 'fetching') return [{ type: 'fetch', host, attemptId: status.attemptId }]
  if (status.is !== 'activating') return []
  if (status.cancelling) return [{ type: 'cancel', host, attemptId: status.attemptId }]
  return [{ type: 'activate', host, attemptId: status.attemptId, batch: batch ?? 0 }]
}

/** What becomes of a host that does not go on: one whose activation failed before has failed. */
export function leftAsItWas({ broken }: HostProgress): HostStatus {
  if (broken === null) return { is: 'cancelled' }
  const { failure, attemptId } = broken
  return { is: 'failed', failure, attemptId, duringActivation: true }
}

/** Ends the rollout; hosts that have not moved stay as they are, and those that move end in a known state. */
export function end(
  state: RolloutState,
  phase: 'done' | 'halted' | 'aborted',
  reason: string | null,
  atMs: number,
): Step {
  const commands: RolloutCommand[] = []
  const hosts = Object.fromEntries(
    Object.entries(state.hosts).map(([name, host]) => {
      const { status } = host
      if (status.is === 'fetching') commands.push({ type: 'cancel', host: name, attemptId: status.attemptId })
      // What a prefetch has brought is what was asked for.
      const isKept = status.is === 'fetched' && phase === 'done'
      if (status.is === 'fetching' || (status.is === 'fetched' && !isKept))
        return [name, { ...host, status: leftAsItWas(host) }]
      // A halt lets a host in the middle of its restart finish; an abort stops it now.
      if (status.is !== 'activating' || phase !== 'aborted') return [name, host]
      commands.push({ type: 'cancel', host: name, attemptId: status.attemptId })
      return [name, { ...host, status: { ...status, cancelling: true } }]
    }),
  )
  const watchMs = phase === 'done' ? (state.plan?.watchMs ?? 0) : 0
  const watchUntilMs = watchMs > 0 ? atMs + watchMs : null
  const ended = {
    ...state,
    phase,
    pausedPhase: null,
    reason,
    endedAtMs: atMs,
    awaitsPromote: false,
    hosts,
    watchUntilMs,
  }
  return { state: ended, commands }
}
