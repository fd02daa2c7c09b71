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
  /** Hosts of each pool that are out of service or may be, whatever the cause: not ready, away, or moved by any rollout. */
  readonly outOfService: ReadonlyMap<string, ReadonlySet<string>>
  /** Hosts that serve nothing for certain: to move them takes nothing from their pools. */
  readonly down: ReadonlySet<string>
}

export interface Grants {
  readonly granted: readonly string[]
  /** The hosts that must wait, each with the reason as a sentence. */
  readonly blocked: ReadonlyMap<string, string>
}

/** What is taken of each pool, those included that are granted now. */
interface Taken {
  readonly moving: Map<string, number>
  readonly outOfService: Map<string, Set<string>>
}

/**
 * Which of the waiting hosts may leave service now. One whose pool is full lets those behind it pass, so that a pool with
 * dead hosts holds up itself alone. A host that is down already takes nothing from its pools.
 */
export function grantHosts(waiting: readonly WaitingHost[], capacity: Capacity): Grants {
  const { maxParallel } = capacity
  const outOfService = new Map([...capacity.outOfService].map(([pool, hosts]) => [pool, new Set(hosts)]))
  const taken: Taken = { moving: new Map(), outOfService }
  for (const host of capacity.moving) take(taken, host)
  const granted: string[] = []
  const blocked = new Map<string, string>()
  for (const host of waiting) {
    const reason =
      capacity.moving.length + granted.length >= maxParallel
        ? `${maxParallel} hosts are being activated, and no more may be at once`
        : poolWithoutRoom(host, taken, capacity)
    if (reason !== undefined) {
      blocked.set(host.host, reason)
      continue
    }
    granted.push(host.host)
    take(taken, host)
  }
  return { granted, blocked }
}

function poolWithoutRoom({ host, pools }: WaitingHost, taken: Taken, { limits, down }: Capacity): string | undefined {
  for (const pool of pools) {
    const limit = limits[pool] ?? 1
    const moving = taken.moving.get(pool) ?? 0
    const out = taken.outOfService.get(pool) ?? new Set()
    const others = out.size - (out.has(host) ? 1 : 0)
    if (moving >= limit || (!down.has(host) && others >= limit))
      return `pool ${pool} has ${Math.max(others, moving)} hosts out of service, of at most ${limit}`
  }
  return undefined
}

function take({ moving, outOfService }: Taken, { host, pools }: WaitingHost): void {
  for (const pool of pools) {
    moving.set(pool, (moving.get(pool) ?? 0) + 1)
    outOfService.set(pool, (outOfService.get(pool) ?? new Set()).add(host))
  }
}
