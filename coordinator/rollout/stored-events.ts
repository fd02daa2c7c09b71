import type { RolloutSummary } from '../../proto/http/api.ts'
import type { RolloutEvent } from './events.ts'
import type { PlanStep, RolloutPlan } from './state.ts'

type StoredPlan = Partial<RolloutPlan> & {
  readonly batches: readonly (readonly string[])[]
  readonly failureBudget?: number
  readonly bakeMs?: number
}

/** Reads an event as it was stored; what versions before 0.2 did not know yet is filled in with what they did. */
export function readEvent(json: string): RolloutEvent {
  const event = JSON.parse(json)
  if (event.type === 'requested') return { ...requestedDefaults, ...event }
  if (event.type !== 'planned') return event
  const hosts = event.hosts.map((host: object) => ({ zone: null, why: '', ...host }))
  return { ...event, plan: completePlan(event.plan), hosts }
}

export function readSummary(json: string): RolloutSummary {
  const { hostNames: _hosts, order: _order, seed: _seed, ...defaults } = requestedDefaults
  return { ...defaults, awaitsPromote: false, waitsFor: null, ...JSON.parse(json) }
}

const requestedDefaults = {
  kind: 'deploy',
  retryOf: null,
  hostNames: [],
  order: null,
  seed: 0,
  prefetch: false,
  by: null,
  why: null,
  breakGlass: null,
}

function completePlan(plan: StoredPlan): StoredPlan {
  if (plan.steps) return plan
  // Each batch ended before the next began, and was watched.
  const steps = plan.batches.map((_batch, lastBatch): PlanStep => {
    return { name: `batch ${lastBatch + 1}`, lastBatch, bakeMs: plan.bakeMs ?? 0, waitsForPromote: false }
  })
  return {
    order: 'list',
    seed: 0,
    maxParallel: null,
    budget: { total: plan.failureBudget ?? 0, byPool: {}, byZone: {} },
    retries: 0,
    onFailure: 'halt',
    progressDeadlineMs: 3_600_000,
    ...plan,
    steps,
  }
}
