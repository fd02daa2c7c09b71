import type { FleetHost, FleetPlan, PlacedHost } from '../../planning/plan.ts'
import { planFleet } from '../../planning/planner.ts'
import { countOf, type RolloutPolicy } from '../../planning/policy.ts'
import type { ReleaseManifest } from '../../proto/release-manifest.ts'
import { hookNames } from '../../proto/release-manifest.ts'
import { rulesOf } from '../immune/rules.ts'
import type { ReleasePolicy } from '../releases/release-store.ts'
import type { KnownHost } from '../session/host-registry.ts'
import type { FailureBudget, PlanStep, RolloutOrder, RolloutPlan } from './state.ts'

interface FleetInput {
  readonly order: Omit<RolloutOrder, 'id'>
  /** Null when it is not built yet. */
  readonly releaseId: string | null
  readonly policy: ReleasePolicy
  readonly hosts: readonly KnownHost[]
}

interface PlanInput extends Omit<FleetInput, 'releaseId'> {
  readonly manifest: ReleaseManifest
  /** Release that is known good in a pool, or null. */
  readonly desired: (pool: string) => string | null
}

/** Time beyond an activation's own deadlines before the coordinator gives it up: for the agent's own work and the way there. */
const activationSlackMs = 60_000
/** Hosts that catch up with their pools move a few at a time. */
const convergeParallel = 3

/** The fleet, and how to plan it. */
export function planInputs({ order, releaseId, policy, hosts }: FleetInput) {
  const bakePerBatchMs = rulesOf(policy.immune).length > 0 && !isHasty(order) ? policy.immune.bakeMs : 0
  const rollout = policyOf(order, policy.rollout)
  const fleet = targets(order, hosts).map((host) => fleetHost(host, order.app))
  return { fleet, options: { releaseId, policy: rollout, seed: order.seed, bakePerBatchMs } }
}

/** Decides who moves when, from the fleet as it is now. */
export function planRollout(input: PlanInput): { plan: RolloutPlan; hosts: readonly PlacedHost[] } {
  const { manifest } = input
  const { fleet: hosts, options } = planInputs({ ...input, releaseId: manifest.releaseId })
  const fleet = planFleet(hosts, options)
  const rollout = options.policy
  const plan = {
    order: fleet.order,
    seed: fleet.seed,
    batches: fleet.steps.flatMap(({ batches }) => batches),
    steps: stepsOf(fleet),
    limits: fleet.limits,
    maxParallel: fleet.maxParallel,
    budget: budgetOf(rollout, fleet.hosts),
    retries: rollout.retries,
    onFailure: rollout.onFailure,
    distributeDeadlineMs: rollout.distributeDeadlineMs,
    activateDeadlineMs: activateDeadlineMs(manifest),
    progressDeadlineMs: rollout.progressDeadlineMs,
    watchMs: watchMsOf(input),
    ...previousReleases(hosts, input),
  }
  return { plan, hosts: fleet.hosts }
}

/** Brings back, or along, what others have proved. */
function isHasty({ kind }: FleetInput['order']): boolean {
  return kind === 'rollback' || kind === 'converge'
}

/** A rollback is not taken back, and what catches up runs what others have proved. */
function watchMsOf({ order: { kind, prefetch }, policy: { immune } }: PlanInput): number {
  return kind === 'deploy' && !prefetch && rulesOf(immune).length > 0 ? immune.watchMs : 0
}

/** Hosts of the pools and with the names that were asked for; in the order of the names, if there are some. */
function targets({ pools, hostNames }: FleetInput['order'], hosts: readonly KnownHost[]): KnownHost[] {
  const isInPools = (host: KnownHost) => pools.length === 0 || host.pools.some((pool) => pools.includes(pool))
  const inPools = hosts.filter((host) => !host.hasLeft && isInPools(host))
  if (hostNames.length === 0) return inPools
  const byName = new Map(inPools.map((host) => [host.name, host]))
  return hostNames.flatMap((name) => byName.get(name) ?? [])
}

/** What a rollout of this kind takes over from the app's policy. */
function policyOf({ kind, order }: FleetInput['order'], policy: RolloutPolicy): RolloutPolicy {
  const ordered = order === null ? policy : { ...policy, order }
  if (kind === 'deploy') return ordered
  // What brings hosts to a release that others run needs neither canary nor steps, and waits for nobody.
  const { canary: _canary, ...rest } = ordered
  const plain = { ...rest, steps: ['100%'], promote: 'auto' as const, onFailure: 'halt' as const }
  if (kind !== 'converge') return plain
  const maxParallel = Math.min(convergeParallel, policy.maxParallel ?? convergeParallel)
  return { ...plain, maxParallel, failureBudget: Number.MAX_SAFE_INTEGER, retries: 0 }
}

function fleetHost(host: KnownHost, app: string): FleetHost {
  const observed = host.observed.find((release) => release.app === app)
  return {
    name: host.name,
    pools: host.pools,
    zone: host.labels.zone ?? null,
    liveReleaseId: observed?.liveReleaseId ?? null,
    ready: observed?.ready ?? false,
    excluded: host.drained ? 'is drained' : host.connected ? null : 'has no connected agent',
  }
}

/** Where each batch is to be watched, each is a step of its own. */
export function stepsOf({ steps, bakePerBatchMs }: FleetPlan): PlanStep[] {
  let lastBatch = -1
  return steps.flatMap(({ name, batches, bakeMs, waitsForPromote }) => {
    if (bakePerBatchMs === 0) {
      lastBatch += batches.length
      return [{ name, lastBatch, bakeMs, waitsForPromote }]
    }
    return batches.map((_batch, index) => {
      lastBatch++
      const isLast = index === batches.length - 1
      return {
        name,
        lastBatch,
        bakeMs: isLast ? Math.max(bakeMs, bakePerBatchMs) : bakePerBatchMs,
        waitsForPromote: isLast && waitsForPromote,
      }
    })
  })
}

function budgetOf(policy: RolloutPolicy, hosts: readonly PlacedHost[]): FailureBudget {
  const { failureBudget: total, failureBudgetPerPool, failureBudgetPerZone } = policy
  const each = (names: readonly string[], budget: number | string | undefined) => {
    if (budget === undefined) return {}
    const sizes = Map.groupBy(names, (name) => name)
    return Object.fromEntries([...sizes].map(([name, members]) => [name, countOf(budget, members.length)]))
  }
  const zones = hosts.flatMap(({ zone }) => zone ?? [])
  const pools = hosts.flatMap((host) => host.pools)
  return { total, byPool: each(pools, failureBudgetPerPool), byZone: each(zones, failureBudgetPerZone) }
}

function previousReleases(targeted: readonly FleetHost[], { desired, order }: PlanInput) {
  const pools = new Set(targeted.flatMap((host) => host.pools))
  const named = [...pools].filter((pool) => order.pools.length === 0 || order.pools.includes(pool))
  const previousReleaseIds = Object.fromEntries(
    named.flatMap((pool) => {
      const releaseId = desired(pool)
      return releaseId === null ? [] : [[pool, releaseId]]
    }),
  )
  const [first, ...others] = new Set(Object.values(previousReleaseIds))
  return { previousReleaseIds, previousReleaseId: others.length === 0 ? (first ?? null) : null }
}

function activateDeadlineMs({ deploy }: ReleaseManifest): number {
  const hooksMs = hookNames.reduce((sum, name) => sum + (deploy.hooks[name]?.deadlineMs ?? 0), 0)
  return hooksMs + (deploy.run?.stopDeadlineMs ?? 0) + deploy.readiness.healthyDeadlineMs + activationSlackMs
}
