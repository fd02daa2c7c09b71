import type { FleetHost } from '../plan.ts'
import { byNaturalOrder } from './natural-order.ts'
import { firstPool, type Order, type OrderedHost, placeInPool } from './ordered-host.ts'

/**
 * The order of Reddit's rollingpin, for those who come from it: one host of each pool, the largest pool first, then the
 * rest interleaved. No seed; within a pool by name, and pools of one size by name too. A host counts in its first pool.
 *
 * The interleave starts from the largest pool's hosts and deals the next smaller pool's into them, then the next. It
 * works from the end, so that a small pool, which has just had a host among the first, waits as long as may be. It does
 * not spread provably: pools of one size come one after the other.
 */
export const rollingpin: Order = (hosts) => {
  const pools = [...Map.groupBy(hosts, firstPool)]
    .sort(([a, left], [b, right]) => right.length - left.length || byNaturalOrder(a, b))
    .map(([pool, members]) => ranked(pool, members))
  const canaries = pools.map(([first]) => first!)
  const rest = pools.map((members) => members.slice(1).reverse()).filter((members) => members.length > 0)
  return [...canaries, ...rest.reduce(dealtInto, []).reverse()]
}

function ranked(pool: string, members: readonly FleetHost[]): OrderedHost[] {
  const byName = members.toSorted((a, b) => byNaturalOrder(a.name, b.name))
  return byName.map((host, index) => {
    const reason = index === 0 ? 'one of each pool goes first' : 'the rest is interleaved'
    return { host, why: `${placeInPool(pool, index + 1, byName.length)}, ${reason}` }
  })
}

/** Each of the `additions` (never more than `base` has, unless that is empty), then an equal run of `base`, and what is left. */
function dealtInto(base: readonly OrderedHost[], additions: readonly OrderedHost[]): OrderedHost[] {
  const run = Math.max(0, Math.ceil(base.length / additions.length) - 1)
  const dealt = additions.flatMap((host, index) => [host, ...base.slice(index * run, (index + 1) * run)])
  return [...dealt, ...base.slice(additions.length * run)]
}
