import type { RolloutEvent } from '../../coordinator/rollout/events.ts'
import type { RolloutOrder, RolloutPlan } from '../../coordinator/rollout/state.ts'
import type { FleetHost, PlacedHost } from '../../planning/plan.ts'
import { planFleet } from '../../planning/planner.ts'
import { completePolicy, type RolloutPolicy } from '../../planning/policy.ts'

/** Somebody asks for release r2 of hello. */
export function requestedEvent(changes: Partial<RolloutOrder> = {}): Extract<RolloutEvent, { type: 'requested' }> {
  return {
    ...{ type: 'requested', atMs: 0, id: 'ro', app: 'hello', kind: 'deploy', revision: null, releaseId: 'r2' },
    ...{ rebuild: false, rollbackOf: null, retryOf: null, pools: [], hostNames: [], order: null, seed: 1 },
    ...{ prefetch: false, by: null, why: null, breakGlass: null },
    ...changes,
  } as const
}

export function rolloutPolicy(changes: Partial<RolloutPolicy> = {}): RolloutPolicy {
  return completePolicy({ order: 'list', retries: 0, ...changes })
}

/** Hosts `api-0`, `api-1`, … of each pool, all ready on r1. */
export function fleetOf(pools: Readonly<Record<string, number>>, changes: Partial<FleetHost> = {}): FleetHost[] {
  return Object.entries(pools).flatMap(([pool, size]) =>
    Array.from({ length: size }, (_, index) => ({
      ...{ name: `${pool}-${index}`, pools: [pool], zone: null, liveReleaseId: 'r1', ready: true, excluded: null },
      ...changes,
    })),
  )
}

/** The plan of a rollout over these hosts, as the coordinator makes it; each batch is a step of its own if `bakeMs` is given. */
export function plannedEvent(
  hosts: readonly FleetHost[],
  policy: RolloutPolicy,
  { bakeMs, ...changes }: Partial<RolloutPlan> & { readonly bakeMs?: number } = {},
): { readonly plan: RolloutPlan; readonly hosts: readonly PlacedHost[] } {
  const fleet = planFleet(hosts, { releaseId: 'r2', policy, seed: 1, bakePerBatchMs: 0 })
  const batches = fleet.steps.flatMap((step) => step.batches)
  let lastBatch = -1
  const steps = fleet.steps.map((step) => {
    lastBatch += step.batches.length
    return { name: step.name, lastBatch, bakeMs: step.bakeMs, waitsForPromote: step.waitsForPromote }
  })
  const watched = batches.map((_batch, index) => {
    return { name: `batch ${index}`, lastBatch: index, bakeMs: bakeMs ?? 0, waitsForPromote: false }
  })
  const plan = {
    ...{ order: fleet.order, seed: fleet.seed, batches, steps: bakeMs === undefined ? steps : watched },
    ...{ limits: fleet.limits, maxParallel: fleet.maxParallel, retries: policy.retries, onFailure: policy.onFailure },
    budget: { total: policy.failureBudget, byPool: {}, byZone: {} },
    ...{ distributeDeadlineMs: 60_000, activateDeadlineMs: 60_000, progressDeadlineMs: 600_000 },
    ...{ previousReleaseId: 'r1', previousReleaseIds: {}, watchMs: 0 },
    ...changes,
  }
  return { plan, hosts: fleet.hosts }
}
