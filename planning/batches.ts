import type { FleetHost } from './plan.ts'

/**
 * Cuts the hosts, as they stand, into batches that hold no more of any pool than its limit and no more than
 * `maxParallel` in all. A host of several pools counts in each. A batch ends before the first host that does not fit:
 * nobody overtakes.
 */
export function cutBatches(
  hosts: readonly FleetHost[],
  limits: Readonly<Record<string, number>>,
  maxParallel: number | null,
): FleetHost[][] {
  const batches: FleetHost[][] = []
  let taken = new Map<string, number>()
  for (const host of hosts) {
    const last = batches.at(-1)
    const fits = host.pools.every((pool) => (taken.get(pool) ?? 0) < limits[pool]!)
    if (last !== undefined && fits && last.length < (maxParallel ?? Number.POSITIVE_INFINITY)) last.push(host)
    else {
      batches.push([host])
      taken = new Map()
    }
    for (const pool of host.pools) taken.set(pool, (taken.get(pool) ?? 0) + 1)
  }
  return batches
}
