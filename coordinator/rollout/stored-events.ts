import type { RolloutSummary } from '../../proto/http/api.ts'
import { waitingHosts } from './advance.ts'
import type { RolloutEvent } from './events.ts'
import { reduce, requested } from './reducer.ts'
import type { PlanStep, RolloutPlan, RolloutState } from './state.ts'

type StoredPlan = Partial<RolloutPlan> & {
  readonly batches: readonly (readonly string[])[]
  readonly failureBudget?: number
  readonly bakeMs?: number
}

interface StoredPlanned {
  readonly plan: StoredPlan
  readonly hosts: readonly { readonly pools: readonly string[] }[]
}

/** The state that stored events led to, oldest first; undefined when there are none. */
export function replay(bodies: readonly string[]): RolloutState | undefined {
  const [first, ...rest] = bodies.map((body) => JSON.parse(body))
  if (first?.type !== 'requested') return undefined
  let grantsByItself = isOfVersion01(rest)
  let state = requested(readEvent(first) as Extract<RolloutEvent, { type: 'requested' }>)
  for (const stored of rest) {
    const event = readEvent(stored)
    state = reduce(state, event).state
    grantsByItself &&= event.type !== 'granted'
    // A batch of version 0.1 began to move as soon as its turn had come.
    const hosts = grantsByItself ? waitingHosts(state).map(({ host }) => host) : []
    if (hosts.length > 0) state = reduce(state, { type: 'granted', atMs: event.atMs, hosts }).state
  }
  return state
}

function isOfVersion01(events: readonly { readonly type: string; readonly plan?: StoredPlan }[]): boolean {
  return events.some(({ type, plan }) => type === 'planned' && plan?.steps === undefined)
}

/** What versions before 0.2 did not know yet is filled in with what they did. */
function readEvent(event: { readonly type: string }): RolloutEvent {
  return completeEvent(event) as RolloutEvent
}

function completeEvent(event: { readonly type: string }): object {
  if (event.type === 'requested') return { ...requestedDefaults, ...event }
  if (event.type !== 'planned') return event
  const planned = event as unknown as StoredPlanned
  const hosts = planned.hosts.map((host) => ({ zone: null, why: '', ...host }))
  return { ...event, plan: completePlan(planned), hosts }
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

function completePlan({ plan, hosts }: StoredPlanned): StoredPlan {
  if (plan.steps) return { ...plan, watchMs: plan.watchMs ?? 0 }
  // Each batch ended before the next began, and was watched.
  const steps = plan.batches.map((_batch, lastBatch): PlanStep => {
    return { name: `batch ${lastBatch + 1}`, lastBatch, bakeMs: plan.bakeMs ?? 0, waitsForPromote: false }
  })
  const { previousReleaseId = null } = plan
  const pools = previousReleaseId === null ? [] : hosts.flatMap((host) => host.pools)
  return {
    previousReleaseIds: Object.fromEntries(pools.map((pool) => [pool, previousReleaseId!])),
    order: 'list',
    seed: 0,
    maxParallel: null,
    budget: { total: plan.failureBudget ?? 0, byPool: {}, byZone: {} },
    retries: 0,
    onFailure: 'halt',
    progressDeadlineMs: 3_600_000,
    watchMs: 0,
    ...plan,
    steps,
  }
}
