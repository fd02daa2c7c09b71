import type { Random } from '../../runtime/random.ts'
import type { PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { RarestOrder } from './rarest-order.ts'

/** Which piece is offered to whom. */
export interface OfferChoice {
  readonly connection: Connection
  readonly piece: PieceIndex
}

interface OfferContext {
  /** Ours. */
  readonly rack: string | undefined
  readonly connections: Iterable<Connection>
  /** The pieces we hold, those that fewest neighbours hold first. */
  readonly order: RarestOrder
  readonly random: Random
  readonly nowMs: number
}

/** Decides what goes out next. Undefined when nobody who has room lacks anything that we hold. */
export type OfferPolicy = (context: OfferContext) => OfferChoice | undefined

/** Differences of fewer pieces than this are left to chance, so that senders do not all turn to the same peer. */
const chancePieces = 4
/** One in our rack is served before others, unless it is this much better off. */
const rackPieces = 8

/** To the neighbour in our zone that lacks most of what we hold, the rarest piece that it lacks: nobody falls behind, no piece does. */
export const rarestToNeediest: OfferPolicy = ({ rack, connections, order, random, nowMs }) => {
  let chosen: Connection | undefined
  let greatest = Number.NEGATIVE_INFINITY
  for (const connection of connections) {
    const { speaksOffers, isFar, lackCount, busyUntilMs, grants } = connection
    if (!speaksOffers || isFar || lackCount === 0 || busyUntilMs > nowMs) continue
    // Who is sent fewest pieces comes first: with more than its share, a slow peer would hold many places.
    const isNext = rack !== undefined && connection.rack === rack
    const need =
      lackCount -
      grants.size * (order.size + rackPieces + chancePieces) +
      random.next() * chancePieces +
      (isNext ? rackPieces : 0)
    if (need <= greatest) continue
    greatest = need
    chosen = connection
  }
  if (!chosen) return undefined
  const { has, coming } = chosen
  const piece = order.first((candidate) => !has.has(candidate) && !coming.has(candidate))
  return piece === undefined ? undefined : { connection: chosen, piece }
}
