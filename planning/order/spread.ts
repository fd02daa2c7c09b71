import type { FleetHost } from '../plan.ts'
import { firstPool, type Order, type OrderedHost, placeInPool } from './ordered-host.ts'
import { bySeed } from './seeded-rank.ts'

interface Queue {
  readonly pool: string
  readonly hosts: readonly FleetHost[]
  placed: number
}

/**
 * Every pool spread evenly over the whole. With N hosts, of which a pool has n and so the share s = n / N:
 *
 * - of the first t hosts, ⌊s·t⌋ or ⌈s·t⌉ are the pool's, for every t;
 * - of any w hosts in a row, at most ⌈s·w⌉ + 1 are.
 *
 * A host counts in its first pool. The seed decides who of a pool goes first, and between pools that are equally urgent.
 *
 * The construction is the chairman assignment (R. Tijdeman, Discrete Mathematics 32, 1980) by way of windows and
 * deadlines, as in Pfair scheduling (Baruah, Cohen, Plaxton and Varvel, Algorithmica 15, 1996). A pool's k-th host may
 * take the slots from ⌊(k-1)/s⌋ + 1 to ⌈k/s⌉. Each slot goes to the pool that may take it and whose deadline is next.
 *
 * 1. That meets every deadline. Of unit jobs with whole-numbered windows, earliest deadline first meets all deadlines
 *    if any order does, and one does if no interval of slots (a, b] has to hold more than b - a whole windows (Hall).
 *    The k-th window of a pool lies in (a, b] only if s·a + 1 ≤ k ≤ s·b; that are at most s·(b-a) values of k. The
 *    shares of all pools sum up to 1, so all pools together have at most b - a.
 * 2. Then among the first t slots are all hosts with ⌈k/s⌉ ≤ t, which are ⌊s·t⌋, and none with ⌊(k-1)/s⌋ ≥ t, which
 *    leaves ⌈s·t⌉.
 * 3. So the slots (a, a+w] hold at most ⌈s·(a+w)⌉ - ⌊s·a⌋ < s·w + 2 of the pool, and as a whole number ⌈s·w⌉ + 1.
 */
export const spread: Order = (hosts, seed) => spreadOver(hosts, seed, 'all')

/** The same for a part of the fleet that `whole` names, e.g. `zone a`. Time is hosts × pools. */
export function spreadOver(hosts: readonly FleetHost[], seed: number, whole: string): OrderedHost[] {
  const queues = queuesOf(hosts, seed)
  return hosts.map((_, index) => {
    const queue = mostUrgent(queues, index + 1, hosts.length)
    const host = queue.hosts[queue.placed++]!
    return { host, why: `${placeInPool(queue.pool, queue.placed, queue.hosts.length)}, spread over ${whole}` }
  })
}

function queuesOf(hosts: readonly FleetHost[], seed: number): Queue[] {
  const pools = [...Map.groupBy(hosts, firstPool)]
  return bySeed(pools, seed, ([pool]) => pool).map(([pool, members]) => {
    return { pool, hosts: bySeed(members, seed, (host) => host.name), placed: 0 }
  })
}

/** `slot` counts from 1. Whole numbers only: k/s is k·N/n. */
function mostUrgent(queues: readonly Queue[], slot: number, total: number): Queue {
  let best: Queue | undefined
  let bestDeadline = Number.POSITIVE_INFINITY
  for (const queue of queues) {
    const size = queue.hosts.length
    const mayTakeSlot = queue.placed < size && queue.placed * total < slot * size
    const deadline = Math.ceil(((queue.placed + 1) * total) / size)
    if (!mayTakeSlot || deadline >= bestDeadline) continue
    best = queue
    bestDeadline = deadline
  }
  return best!
}
