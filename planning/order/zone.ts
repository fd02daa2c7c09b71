import type { FleetHost } from '../plan.ts'
import { byNaturalOrder } from './natural-order.ts'
import type { Order } from './ordered-host.ts'
import { spreadOver } from './spread.ts'

/** One zone ends before the next begins: zones by name, hosts without a zone last. Inside a zone it is `spread`. */
export const zone: Order = (hosts, seed) => {
  const zones = Map.groupBy(hosts, (host) => host.zone)
  return [...zones]
    .sort(([a], [b]) => byZone(a, b))
    .flatMap(([name, members]) =>
      spreadOver(members, seed, name === null ? 'the hosts without a zone' : `zone ${name}`),
    )
}

function byZone(a: FleetHost['zone'], b: FleetHost['zone']): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return byNaturalOrder(a, b)
}
