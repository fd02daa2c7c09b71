import type { HostStatus, RolloutState } from './state.ts'

export type BatchState = 'waiting' | 'running' | 'done'

/** Whether the hosts of a batch have begun to move, and whether all have ended. */
export function batchStateOf(state: RolloutState, names: readonly string[]): BatchState {
  const statuses = names.flatMap((name) => state.hosts[name]?.status ?? [])
  if (!statuses.some(hasBegun)) return 'waiting'
  return statuses.some(isOpen) ? 'running' : 'done'
}

export function doneBatches(state: RolloutState): number {
  return (state.plan?.batches ?? []).filter((names) => batchStateOf(state, names) === 'done').length
}

function hasBegun(status: HostStatus): boolean {
  return status.is === 'activating' || status.is === 'ready' || (status.is === 'failed' && status.duringActivation)
}

function isOpen(status: HostStatus): boolean {
  return status.is === 'activating' || status.is === 'fetching' || status.is === 'fetched'
}
