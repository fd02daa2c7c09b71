import type { ReleaseManifest } from '../../proto/release-manifest.ts'
import { hookNames } from '../../proto/release-manifest.ts'
import type { ReleasePolicy } from '../releases/release-store.ts'
import type { KnownHost } from '../session/host-registry.ts'
import { type PlanCandidate, planBatches } from './batch-planner.ts'
import type { PlannedHost } from './events.ts'
import type { RolloutPlan, RolloutState } from './state.ts'

interface PlanInput {
  readonly state: RolloutState
  readonly manifest: ReleaseManifest
  readonly policy: ReleasePolicy
  readonly hosts: readonly KnownHost[]
  /** Release that is known good in a pool, or null. */
  readonly desired: (pool: string) => string | null
}

/** Time beyond an activation's own deadlines before the coordinator gives it up: for the agent's own work and the way there. */
const activationSlackMs = 60_000

/** Decides who moves when, from the fleet as it is now. */
export function planRollout(input: PlanInput): { plan: RolloutPlan; hosts: PlannedHost[] } {
  const { state, manifest, policy } = input
  const targeted = input.hosts.filter(
    (host) => state.pools.length === 0 || host.pools.some((pool) => state.pools.includes(pool)),
  )
  const candidates = targeted.map((host) => candidate(host, state.app))
  const { batches, limits, hosts } = planBatches(candidates, manifest.releaseId, policy.rollout)
  const { failureBudget, distributeDeadlineMs } = policy.rollout
  const plan = {
    ...{ batches, limits, failureBudget, distributeDeadlineMs },
    activateDeadlineMs: activateDeadlineMs(manifest),
    bakeMs: policy.immune.rules.length > 0 ? policy.immune.bakeMs : 0,
    ...previousReleases(targeted, input),
  }
  return { plan, hosts }
}

function candidate(host: KnownHost, app: string): PlanCandidate {
  const observed = host.observed.find((release) => release.app === app)
  const excluded = host.drained ? 'is drained' : host.connected ? null : 'has no connected agent'
  return {
    host: host.name,
    pools: host.pools,
    liveReleaseId: observed?.liveReleaseId ?? null,
    ready: observed?.ready ?? false,
    excluded,
  }
}

function previousReleases(targeted: readonly KnownHost[], { desired, state }: PlanInput) {
  const pools = new Set(targeted.flatMap((host) => host.pools))
  const named = [...pools].filter((pool) => state.pools.length === 0 || state.pools.includes(pool))
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
