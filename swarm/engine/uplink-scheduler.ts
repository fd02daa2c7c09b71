import type { Connection } from './connection.ts'
import type { EngineLimits } from './limits.ts'

/** Who is given or loses a slot, and why. */
export interface SlotDecision {
  readonly connection: Connection
  readonly grant: boolean
  readonly reason: 'slot free' | 'longest wait' | 'has had its turn' | 'not interested'
}

/**
 * Decides who is served. There is no tit for tat: the fleet has one owner, so what counts is that whole pieces
 * get out soon, not who gave what.
 */
export interface UplinkScheduler {
  /** Whose next block goes out now; undefined when nobody waits or every window is full. */
  next(connections: ReadonlyMap<number, Connection>): Connection | undefined
  /** Who is served from now on. */
  assignSlots(connections: Iterable<Connection>, nowMs: number): SlotDecision[]
}

/** Serves one peer's piece to its end before it turns to the next peer, so that the piece can be passed on soonest. */
export class WholePieceScheduler implements UplinkScheduler {
  readonly #limits: EngineLimits
  readonly #pieceLengthBytes: number
  #currentId = 0
  #currentPiece = -1

  constructor(limits: EngineLimits, pieceLengthBytes: number) {
    this.#limits = limits
    this.#pieceLengthBytes = pieceLengthBytes
  }

  next(connections: ReadonlyMap<number, Connection>): Connection | undefined {
    const current = connections.get(this.#currentId)
    if (current && this.#isServable(current) && current.queue[0]!.piece === this.#currentPiece) return current
    const chosen = this.#following(connections)
    if (!chosen) return undefined
    this.#currentId = chosen.id
    this.#currentPiece = chosen.queue[0]!.piece
    return chosen
  }

  assignSlots(connections: Iterable<Connection>, nowMs: number): SlotDecision[] {
    const decisions: SlotDecision[] = []
    const serving: Connection[] = []
    const waiting: Connection[] = []
    for (const connection of connections) {
      const { uplink, speaksOffers } = connection
      if (speaksOffers) continue
      if (uplink.state === 'open' && !connection.peerInterested)
        decisions.push({ connection, grant: false, reason: 'not interested' })
      else if (uplink.state === 'open') serving.push(connection)
      else if (connection.peerInterested) waiting.push(connection)
    }
    waiting.sort((a, b) => waitingSince(a) - waitingSince(b))

    let free = this.#limits.uplinkSlots - serving.length
    if (free <= 0 && waiting.length > 0) {
      const done = this.#hasHadTurn(serving, nowMs)
      if (done) {
        decisions.push({ connection: done, grant: false, reason: 'has had its turn' })
        decisions.push({ connection: waiting.shift()!, grant: true, reason: 'longest wait' })
      }
    }
    for (; free > 0 && waiting.length > 0; free--)
      decisions.push({ connection: waiting.shift()!, grant: true, reason: 'slot free' })
    return decisions
  }

  #isServable(connection: Connection): boolean {
    return connection.queue.length > 0 && connection.bytesInFlight < this.#limits.maxBytesInFlightPerPeer
  }

  /** The next servable connection after the current one, round and round. */
  #following(connections: ReadonlyMap<number, Connection>): Connection | undefined {
    let before: Connection | undefined
    for (const connection of connections.values()) {
      if (!this.#isServable(connection)) continue
      if (connection.id > this.#currentId) return connection
      before ??= connection
    }
    return before
  }

  /** Of those that had at least a piece and their time, the one that got most. */
  #hasHadTurn(serving: readonly Connection[], nowMs: number): Connection | undefined {
    let most: Connection | undefined
    let mostBytes = 0
    for (const connection of serving) {
      if (connection.uplink.state !== 'open' || nowMs - connection.uplink.sinceMs < this.#limits.slotMs) continue
      const { bytesServed } = connection.uplink
      // One that asks for nothing keeps its slot from others for nothing.
      const isIdle = connection.queue.length === 0 && connection.bytesInFlight === 0
      if (!isIdle && bytesServed < Math.min(this.#pieceLengthBytes, this.#limits.maxBytesInFlightPerPeer)) continue
      if (most && bytesServed <= mostBytes) continue
      most = connection
      mostBytes = bytesServed
    }
    return most
  }
}

function waitingSince(connection: Connection): number {
  return connection.uplink.state === 'choked' ? (connection.uplink.waitingSinceMs ?? 0) : 0
}
