import type { PlannedHost } from './events.ts'
import type { CountOrShare, RolloutPolicy } from './state.ts'

/** A host as the planner sees it. */
export interface PlanCandidate {
  readonly host: string
  readonly pools: readonly string[]
  readonly liveReleaseId: string | null
  readonly ready: boolean
  /** Why it cannot take part now, e.g. `is drained`. */
  readonly excluded: string | null
}

export interface BatchPlan {
  readonly batches: string[][]
  /** Most hosts of each pool that may be out of service at once. */
  readonly limits: Record<string, number>
  readonly hosts: PlannedHost[]
}

/**
 * Cuts the hosts into batches, pool by pool. A batch never holds more of any pool than the policy lets out of
 * service; a host of several pools counts in each of them.
 */
export function planBatches(candidates: readonly PlanCandidate[], releaseId: string, policy: RolloutPolicy): BatchPlan {
  const limits = poolLimits(candidates, policy)
  const moving = candidates.filter((candidate) => candidate.excluded === null && !isLive(candidate, releaseId))
  const batches: string[][] = []
  for (const pool of Object.keys(limits)) {
    const hosts = moving.filter((candidate) => candidate.pools[0] === pool)
    batches.push(...cut(hosts, limits))
  }
  const batchOf = new Map(batches.flatMap((batch, index) => batch.map((host) => [host, index] as const)))
  return { batches, limits, hosts: candidates.map((candidate) => place(candidate, releaseId, batchOf)) }
}

/**
 * Hosts of a pool of `size` that may be out of service at once. A share is rounded down, but a pool can always
 * move: one host at a time at least.
 */
export function unavailableLimit(maxUnavailable: CountOrShare, size: number): number {
  const count =
    typeof maxUnavailable === 'number' ? maxUnavailable : Math.floor((Number.parseFloat(maxUnavailable) / 100) * size)
  return Math.max(1, Math.min(count, size))
}

function isLive(candidate: PlanCandidate, releaseId: string): boolean {
  return candidate.liveReleaseId === releaseId && candidate.ready
}

function poolLimits(candidates: readonly PlanCandidate[], policy: RolloutPolicy): Record<string, number> {
  const sizes = new Map<string, number>()
  for (const pool of candidates.flatMap((candidate) => candidate.pools)) sizes.set(pool, (sizes.get(pool) ?? 0) + 1)
  return Object.fromEntries(
    [...sizes].sort(byName).map(([pool, size]) => {
      return [pool, unavailableLimit(policy.pools[pool]?.maxUnavailable ?? policy.maxUnavailable, size)]
    }),
  )
}

function byName([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1
}

function cut(hosts: readonly PlanCandidate[], limits: Readonly<Record<string, number>>): string[][] {
  const batches: string[][] = []
  let taken: Record<string, number> = {}
  for (const { host, pools } of hosts) {
    if (batches.length === 0 || pools.some((pool) => (taken[pool] ?? 0) >= limits[pool]!)) {
      batches.push([])
      taken = {}
    }
    batches.at(-1)!.push(host)
    for (const pool of pools) taken[pool] = (taken[pool] ?? 0) + 1
  }
  return batches
}

function place(candidate: PlanCandidate, releaseId: string, batchOf: ReadonlyMap<string, number>): PlannedHost {
  const { host, pools } = candidate
  const batch = batchOf.get(host)
  if (batch !== undefined) return { host, pools, place: { batch } }
  return {
    host,
    pools,
    place:
      candidate.excluded === null && isLive(candidate, releaseId) ? 'unchanged' : { skipped: candidate.excluded ?? '' },
  }
}
