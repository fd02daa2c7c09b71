import type { OrderedHost } from './order/ordered-host.ts'
import type { FleetHost } from './plan.ts'
import { countOf, type RolloutPolicy } from './policy.ts'

/**
 * The first hosts in order of every pool, as many as the policy asks for of its size and at least one, each with the
 * pools whose canary it is. A host of several pools is a canary of each that still lacks one. Nobody without `canary`.
 */
export function chooseCanaries(
  ordered: readonly OrderedHost[],
  sizes: ReadonlyMap<string, number>,
  { canary }: RolloutPolicy,
): ReadonlyMap<FleetHost, readonly string[]> {
  if (canary === undefined) return new Map()
  const wanted = new Map([...sizes].map(([pool, size]) => [pool, Math.max(1, countOf(canary.hosts, size))]))
  const chosen = ordered.map(({ host }) => [host, host.pools.filter((pool) => take(wanted, pool))] as const)
  return new Map(chosen.filter(([, pools]) => pools.length > 0))
}

function take(wanted: Map<string, number>, pool: string): boolean {
  const left = wanted.get(pool) ?? 0
  wanted.set(pool, Math.max(0, left - 1))
  return left > 0
}
