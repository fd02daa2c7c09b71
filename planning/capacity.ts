/** A host that waits to be activated. */
export interface WaitingHost {
  readonly host: string
  readonly pools: readonly string[]
}

export interface Capacity {
  /** Most hosts of each pool that may be out of service at once. */
  readonly limits: Readonly<Record<string, number>>
  /** Most hosts of this rollout that may be activated at once. */
  readonly maxParallel: number
  /** Hosts of this rollout that are being activated, with their pools. */
  readonly moving: readonly WaitingHost[]
  /** Hosts of each pool that are out of service, whatever the cause: not ready, away, or moved by any rollout. */
  readonly outOfService: ReadonlyMap<string, ReadonlySet<string>>
}

export interface Grants {
  readonly granted: readonly string[]
  /** The hosts that must wait, each with the reason as a sentence. */
  readonly blocked: ReadonlyMap<string, string>
}

/**
 * Which of the waiting hosts may leave service now. One whose pool is full lets those behind it pass, so that a pool with
 * dead hosts holds up itself alone. A host that is out of service already takes nothing from its pools.
 */
export function grantHosts(waiting: readonly WaitingHost[], capacity: Capacity): Grants {
  const { limits, maxParallel } = capacity
  const outOfService = new Map([...capacity.outOfService].map(([pool, hosts]) => [pool, new Set(hosts)]))
  const moving = new Map<string, number>()
  const count = (pools: readonly string[]) => {
    for (const pool of pools) moving.set(pool, (moving.get(pool) ?? 0) + 1)
  }
  for (const { pools } of capacity.moving) count(pools)
  const granted: string[] = []
  const blocked = new Map<string, string>()
  for (const { host, pools } of waiting) {
    if (capacity.moving.length + granted.length >= maxParallel) {
      blocked.set(host, `${maxParallel} hosts are being activated, and no more may be at once`)
      continue
    }
    const full = pools.find((pool) => {
      const limit = limits[pool] ?? 1
      const out = outOfService.get(pool)
      const isOut = out?.has(host) ?? false
      return (moving.get(pool) ?? 0) >= limit || (!isOut && (out?.size ?? 0) >= limit)
    })
    if (full !== undefined) {
      const out = outOfService.get(full)?.size ?? 0
      blocked.set(
        host,
        `pool ${full} has ${Math.max(out, moving.get(full) ?? 0)} hosts out of service, of at most ${limits[full] ?? 1}`,
      )
      continue
    }
    granted.push(host)
    count(pools)
    for (const pool of pools) outOfService.set(pool, (outOfService.get(pool) ?? new Set()).add(host))
  }
  return { granted, blocked }
}
