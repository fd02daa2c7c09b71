import { byNaturalOrder } from './order/natural-order.ts'
import type { FleetHost } from './plan.ts'
import { type RolloutPolicy, unavailableLimit } from './policy.ts'

/** `excluded` of a host that an operator took out of rollouts. */
export const drainedReason = 'is drained'

/** Hosts of each pool, pools by name. A host counts in each of its pools; a drained one in none, for it serves nothing. */
export function poolSizes(hosts: readonly FleetHost[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { pools, excluded } of hosts) {
    const counts = excluded === drainedReason ? 0 : 1
    for (const pool of pools) sizes.set(pool, (sizes.get(pool) ?? 0) + counts)
  }
  return new Map([...sizes].sort(([a], [b]) => byNaturalOrder(a, b)))
}

/** Most hosts of each pool that may be out of service at once. */
export function poolLimits(sizes: ReadonlyMap<string, number>, policy: RolloutPolicy): Record<string, number> {
  const limits = [...sizes].map(([pool, size]) => {
    return [pool, unavailableLimit(policy.pools[pool]?.maxUnavailable ?? policy.maxUnavailable, size)] as const
  })
  return Object.fromEntries(limits)
}
