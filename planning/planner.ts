import { cutBatches } from './batches.ts'
import { chooseCanaries } from './canaries.ts'
import { orderHosts } from './order/order.ts'
import type { OrderedHost } from './order/ordered-host.ts'
import type { FleetHost, FleetPlan, PlacedHost, PlannedStep } from './plan.ts'
import type { RolloutPolicy } from './policy.ts'
import { poolLimits, poolSizes } from './pool-limits.ts'
import { cutSteps } from './steps.ts'

export interface PlanOptions {
  /** What the fleet moves to; null for a release that is live nowhere yet. */
  readonly releaseId: string | null
  readonly policy: RolloutPolicy
  /** Any whole number. A rollback that takes the seed of its rollout moves the hosts in the same order. */
  readonly seed: number
  readonly bakePerBatchMs: number
}

/** A planned step that still knows its hosts. */
interface CutStep extends Omit<PlannedStep, 'batches'> {
  readonly batches: readonly (readonly FleetHost[])[]
}

/**
 * Who moves when. Hosts that are excluded are skipped, hosts that run the release and are ready stay as they are. The
 * others are put in order, cut into steps, and each step into batches of hosts that follow each other in the order.
 * Names of hosts must differ.
 */
export function planFleet(hosts: readonly FleetHost[], options: PlanOptions): FleetPlan {
  const { releaseId, policy, seed, bakePerBatchMs } = options
  const { order, maxParallel = null } = policy
  const sizes = poolSizes(hosts)
  const limits = poolLimits(sizes, policy)
  const moving = hosts.filter((host) => host.excluded === null && !isLive(host, releaseId))
  const ordered = orderHosts(moving, { order, seed })
  const canaries = chooseCanaries(ordered, sizes, policy)
  const rest = afterCanaries(ordered, canaries, options)
  const steps = cutSteps([...canaries.keys()], rest, policy).map(
    (step, index, { length }): CutStep => ({
      ...{ name: step.name, bakeMs: step.bakeMs, batches: cutBatches(step.hosts, limits, maxParallel) },
      waitsForPromote: policy.promote === 'manual' && index < length - 1,
    }),
  )
  const reasons = new Map(ordered.map(({ host, why }) => [host, why]))
  for (const [host, pools] of canaries) reasons.set(host, `canary of ${poolsPhrase(pools)}`)
  const staying = hosts.filter((host) => !reasons.has(host))
  return {
    ...{ order, seed, limits, maxParallel, bakePerBatchMs },
    steps: steps.map((step) => ({ ...step, batches: step.batches.map((batch) => batch.map(({ name }) => name)) })),
    hosts: [...placeMoving(steps, reasons), ...staying.map((host) => placeStaying(host, releaseId))],
  }
}

/**
 * What moves after the canaries, put in order by itself: so it is what is left that is spread evenly. Only rollingpin
 * would begin with one host of each pool again; from its order the canaries are just taken out.
 */
function afterCanaries(
  ordered: readonly OrderedHost[],
  canaries: ReadonlyMap<FleetHost, unknown>,
  { policy: { order }, seed }: PlanOptions,
): FleetHost[] {
  const rest = ordered.map(({ host }) => host).filter((host) => !canaries.has(host))
  if (canaries.size === 0 || order === 'rollingpin') return rest
  return orderHosts(rest, { order, seed }).map(({ host }) => host)
}

function isLive(host: FleetHost, releaseId: string | null): boolean {
  return releaseId !== null && host.liveReleaseId === releaseId && host.ready
}

function placeMoving(steps: readonly CutStep[], reasons: ReadonlyMap<FleetHost, string>): PlacedHost[] {
  const batches = steps.flatMap(({ name, batches }) => batches.map((hosts) => ({ step: name, hosts })))
  return batches.flatMap(({ step, hosts }, batch) => {
    const suffix = step === 'canary' ? '' : `: step ${step}, batch ${batch + 1}`
    return hosts.map((host) => placed(host, { batch }, `${reasons.get(host)}${suffix}`))
  })
}

function placeStaying(host: FleetHost, releaseId: string | null): PlacedHost {
  if (host.excluded !== null) return placed(host, { skipped: host.excluded }, host.excluded)
  return placed(host, 'unchanged', `runs ${releaseId} already and is ready`)
}

function placed({ name, pools, zone }: FleetHost, place: PlacedHost['place'], why: string): PlacedHost {
  return { host: name, pools, zone, place, why }
}

function poolsPhrase(pools: readonly string[]): string {
  return pools.length === 1 ? `pool ${pools[0]}` : `pools ${pools.slice(0, -1).join(', ')} and ${pools.at(-1)}`
}
