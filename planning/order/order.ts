import type { FleetHost } from '../plan.ts'
import type { OrderName } from '../policy.ts'
import { list } from './list.ts'
import type { Order, OrderedHost } from './ordered-host.ts'
import { rollingpin } from './rollingpin.ts'
import { spread } from './spread.ts'
import { zone } from './zone.ts'

const orders: Readonly<Record<OrderName, Order>> = { spread, rollingpin, zone, list }

/** The hosts, whose names differ, in the order in which they move. */
export function orderHosts(
  hosts: readonly FleetHost[],
  { order, seed }: { readonly order: OrderName; readonly seed: number },
): OrderedHost[] {
  return orders[order](hosts, seed)
}
