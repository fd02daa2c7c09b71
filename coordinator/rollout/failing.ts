import type { HostProgress, RolloutPlan, RolloutState } from './state.ts'
import { end, type Step } from './step.ts'

/** The rollout cannot go on: it ends, waits for an operator, or goes back. A rollback never goes back. */
export function exceeded(
  state: RolloutState,
  reason: string,
  atMs: number,
  onFailure: RolloutPlan['onFailure'] = state.plan!.onFailure,
): Step {
  const { previousReleaseIds } = state.plan!
  if (onFailure === 'pause') {
    const pausedPhase = state.phase === 'paused' ? state.pausedPhase : state.phase
    return { state: { ...state, phase: 'paused', pausedPhase, awaitsPromote: false, reason }, commands: [] }
  }
  const hasMoved = Object.values(state.hosts).some(isOnTheRelease)
  const rollsBack =
    onFailure === 'rollback' && state.kind !== 'rollback' && hasMoved && Object.keys(previousReleaseIds).length > 0
  const step = end(state, 'halted', rollsBack ? `${reason}; goes back` : reason, atMs)
  return { state: { ...step.state, rollsBack }, commands: step.commands }
}

/**
 * When all that wait are in pools that have lost too many hosts to this rollout, and nothing moves: a sentence.
 * @param waitingHosts there are some.
 */
export function poolWithoutCapacity(state: RolloutState, waitingHosts: () => HostProgress[]): string | undefined {
  const hosts = Object.values(state.hosts)
  if (hosts.some(({ status }) => status.is === 'activating' || status.is === 'fetching')) return undefined
  const waiting = waitingHosts()
  const down = (pool: string) => hosts.filter(({ pools, broken }) => broken?.mayBeOut && pools.includes(pool)).length
  const { limits } = state.plan!
  const isFull = (pool: string) => down(pool) >= (limits[pool] ?? 1)
  // A host that failed before is out of service already: it may move.
  if (waiting.some(({ broken, pools }) => broken?.mayBeOut || !pools.some(isFull))) return undefined
  const pool = waiting[0]!.pools.find(isFull)!
  return `pool ${pool}: ${down(pool)} failed, and at most ${limits[pool] ?? 1} may be out of service`
}

/** Why this host's failure is one too many, in brackets; undefined when it is not. */
export function budgetExcess(state: RolloutState, { pools, zone }: HostProgress): string | undefined {
  const { total, byPool, byZone } = state.plan!.budget
  const failures = Object.values(state.hosts).filter(hasFailed)
  if (failures.length > total) return total > 0 ? ` (${failures.length} hosts failed, the budget is ${total})` : ''
  for (const pool of pools) {
    const count = failures.filter((other) => other.pools.includes(pool)).length
    if (count > (byPool[pool] ?? total))
      return ` (${count} hosts of pool ${pool} failed, its budget is ${byPool[pool]})`
  }
  const count = failures.filter((other) => other.zone === zone).length
  if (zone === null || count <= (byZone[zone] ?? total)) return undefined
  return ` (${count} hosts of zone ${zone} failed, its budget is ${byZone[zone]})`
}

/** Also while it is tried again. */
function hasFailed({ status, retries }: HostProgress): boolean {
  if (status.is === 'failed') return true
  return retries > 0 && (status.is === 'fetching' || status.is === 'fetched' || status.is === 'activating')
}

function isOnTheRelease({ status, broken }: HostProgress): boolean {
  return status.is === 'ready' || status.is === 'activating' || broken !== null
}
