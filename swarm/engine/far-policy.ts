import type { PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { OfferChoice } from './offer-policy.ts'
import type { RarestOrder } from './rarest-order.ts'

interface FarContext {
  readonly connections: Iterable<Connection>
  /** The pieces we hold, those that fewest neighbours hold first. */
  readonly order: RarestOrder
  readonly nowMs: number
  /** A zone that has got no piece for so long takes what it lacks at any host, since the one that should may be gone. */
  readonly patienceMs: number
}

/** Pieces looked at in one go; among the rarest there is one for the zone, or there is none soon. */
const maxScanned = 512

/**
 * What goes to another zone: only pieces that nobody there holds or gets, and each to the one host there that comes first
 * for this piece. All senders find the same host (rendezvous hashing), and it takes the piece from one of them: so a piece
 * crosses once, and the zone's hosts pass it on among themselves.
 */
export function offerFar({ connections, order, nowMs, patienceMs }: FarContext): OfferChoice | undefined {
  const zones = new Map<string, Connection[]>()
  for (const connection of connections) {
    if (!connection.isFar || !connection.speaksOffers) continue
    const zone = zones.get(connection.zone!)
    if (zone) zone.push(connection)
    else zones.set(connection.zone!, [connection])
  }
  for (const peers of zones.values()) {
    const isStuck = peers.every(({ lastPieceMs }) => nowMs - lastPieceMs >= patienceMs)
    const choice = offerTo(peers, order, nowMs, isStuck)
    if (choice) return choice
  }
  return undefined
}

function offerTo(
  peers: readonly Connection[],
  order: RarestOrder,
  nowMs: number,
  isStuck: boolean,
): OfferChoice | undefined {
  const receivers = peers.filter(({ lackCount, busyUntilMs }) => lackCount > 0 && busyUntilMs <= nowMs)
  if (receivers.length === 0) return undefined
  let scanned = 0
  let connection: Connection | undefined
  const piece = order.first((candidate) => {
    if (++scanned > maxScanned) return true
    const isThere = peers.some(({ has, coming }) => has.has(candidate) || coming.has(candidate))
    if (isThere && !isStuck) return false
    connection = firstFor(isStuck ? receivers.filter((peer) => lacks(peer, candidate)) : peers, candidate)
    return connection !== undefined && connection.busyUntilMs <= nowMs && lacks(connection, candidate)
  })
  return piece === undefined || !connection || scanned > maxScanned ? undefined : { connection, piece }
}

function lacks({ has, coming }: Connection, piece: PieceIndex): boolean {
  return !has.has(piece) && !coming.has(piece)
}

/** The host that is to have the piece before others of its zone. */
function firstFor(peers: readonly Connection[], piece: PieceIndex): Connection | undefined {
  let first: Connection | undefined
  let highest = -1
  for (const peer of peers) {
    // Mixes as MurmurHash3 does (Austin Appleby, public domain): neighbours in one number are far apart in the other.
    let hash = Math.imul(peer.seed ^ Math.imul(piece + 1, 0x9e3779b1), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash = (hash ^ (hash >>> 16)) >>> 0
    if (hash <= highest) continue
    highest = hash
    first = peer
  }
  return first
}
