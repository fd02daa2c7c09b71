import type { Random } from '../../runtime/random.ts'
import type { PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import { offerFar } from './far-policy.ts'
import { type OfferChoice, type OfferPolicy, rarestToNeediest } from './offer-policy.ts'
import { PieceWindow, piecesUnderWay } from './piece-window.ts'
import { RarestOrder } from './rarest-order.ts'
import { timerPeriodsMs } from './timers.ts'

/** A piece that was offered to a peer, or that it asked for, until it says that all of it has come. */
export interface Grant {
  readonly connection: Connection
  readonly piece: PieceIndex
  readonly bytes: number
  readonly sinceMs: number
  /** What had been delivered by then. */
  readonly deliveredBefore: number
  /** It has been asked for. */
  isTaken: boolean
}

/** An offer without an answer is withdrawn after this long, and a piece that does not arrive holds no place after the other. */
const unansweredMs = 2_000
const lostMs = 10_000
/** Over the link between zones everything may take this many times as long. */
const farPatience = 6
/** A piece to another zone shall take about so long: then the link there is full, and no queue grows before it. */
const farPieceMs = 1_000
/** A peer without room is asked again after this long, though it has not said that it is ready. */
const busyMs = 2_000

/**
 * Gives our pieces to those of our own: it offers whole pieces, only so many at once, and the receiver takes or declines.
 * So each uplink has something to send at every moment, and no receiver is sent more than it can take in.
 */
export class OfferDesk {
  readonly #core: EngineCore
  readonly #policy: OfferPolicy
  readonly #random: Random
  /** Pieces we hold, by how many neighbours hold or get them. */
  readonly #order: RarestOrder
  readonly #window: PieceWindow
  readonly #grants = new Set<Grant>()
  /** Nothing goes to another zone before this. */
  #farFromMs = 0

  constructor(core: EngineCore, random: Random, policy: OfferPolicy = rarestToNeediest) {
    this.#core = core
    this.#policy = policy
    this.#random = random
    const { geometry, pieces } = core
    this.#window = new PieceWindow(geometry.pieceLengthBytes, piecesUnderWay(geometry.pieceCount).offered)
    this.#order = new RarestOrder(geometry.pieceCount, random)
    for (let piece = 0; piece < geometry.pieceCount; piece++)
      if (!pieces.held.has(piece)) this.#order.remove(piece as PieceIndex)
  }

  /** The peer says that it is one of ours. */
  onHello(connection: Connection, nowMs: number): void {
    this.#countLacks(connection)
    this.fill(nowMs)
  }

  /** What the peer holds, told for the first time; its pieces count from now on if `isCounted`. */
  onPieces(connection: Connection, nowMs: number): void {
    if (connection.isCounted) for (const piece of connection.has.indexes()) this.#order.increase(piece as PieceIndex)
    this.#countLacks(connection)
    this.fill(nowMs)
  }

  /** The peer has one more piece. */
  onHave(connection: Connection, piece: PieceIndex, nowMs: number): void {
    connection.lastPieceMs = nowMs
    const grant = connection.grants.get(piece)
    if (grant) this.#deliver(grant, nowMs)
    // What we delivered counts since then.
    if (!connection.delivered.delete(piece)) this.#order.increase(piece)
    if (this.#core.pieces.held.has(piece) && !connection.coming.has(piece)) connection.lackCount--
    if (grant) this.fill(nowMs)
  }

  /** All of a piece that we offered has come there: the next may set out. */
  onReceived(connection: Connection, piece: PieceIndex, nowMs: number): void {
    const grant = connection.grants.get(piece)
    if (!grant) return
    this.#deliver(grant, nowMs)
    this.fill(nowMs)
  }

  /** We have one more piece. */
  onHeld(piece: PieceIndex, nowMs: number): void {
    this.#order.add(piece)
    for (const connection of this.#core.connections.values())
      if (!connection.has.has(piece) && !connection.coming.has(piece)) connection.lackCount++
    this.fill(nowMs)
  }

  /** The peer asks for a block: of what it was offered, or because it got stuck. */
  onRequest(connection: Connection, piece: PieceIndex, nowMs: number): void {
    const grant = connection.grants.get(piece) ?? this.#grant(connection, piece, nowMs)
    if (grant.isTaken) return
    grant.isTaken = true
    this.#window.onAnswer(nowMs - grant.sinceMs, nowMs)
  }

  onDecline(
    connection: Connection,
    piece: PieceIndex,
    { coming, hasRoom }: { readonly coming: readonly number[]; readonly hasRoom: boolean },
    nowMs: number,
  ): void {
    const grant = connection.grants.get(piece)
    if (!grant || grant.isTaken) return
    this.#window.onAnswer(nowMs - grant.sinceMs, nowMs)
    this.#end(grant)
    this.#expect(connection, piece, false)
    for (const other of coming)
      if (other < this.#core.geometry.pieceCount) this.#expect(connection, other as PieceIndex, true)
    if (!hasRoom) connection.busyUntilMs = nowMs + busyMs
    this.fill(nowMs)
  }

  onReady(connection: Connection, nowMs: number): void {
    connection.busyUntilMs = 0
    this.fill(nowMs)
  }

  onDisconnect(connection: Connection, nowMs: number): void {
    for (const grant of connection.grants.values()) this.#end(grant)
    for (const piece of connection.delivered) this.#order.decrease(piece)
    if (connection.isCounted) for (const piece of connection.has.indexes()) this.#order.decrease(piece as PieceIndex)
    this.fill(nowMs)
  }

  /** The offers timer: what takes too long makes room. */
  review(nowMs: number): void {
    for (const grant of this.#grants) {
      const patience = grant.connection.isFar ? farPatience : 1
      if (nowMs - grant.sinceMs < patience * (grant.isTaken ? lostMs : unansweredMs)) continue
      this.#end(grant)
      this.#expect(grant.connection, grant.piece, false)
      grant.connection.busyUntilMs = nowMs + unansweredMs
    }
    this.fill(nowMs)
  }

  /** Offers as much as there is room for. */
  fill(nowMs: number): void {
    const { timers } = this.#core
    for (let choice = this.#choose(nowMs); choice; choice = this.#choose(nowMs)) {
      const { connection, piece } = choice
      this.#grant(connection, piece, nowMs)
      this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'offer', piece } })
    }
    if (this.#grants.size > 0) timers.arm('offers', nowMs + timerPeriodsMs.offers)
    else if (this.#core.pieces.held.count > 0 && this.#isSomebodyBusy()) timers.arm('offers', nowMs + busyMs)
  }

  #choose(nowMs: number): OfferChoice | undefined {
    const far = this.#chooseFar(nowMs)
    if (far || !this.#window.hasRoom(this.#underWay(nowMs), nowMs)) return far
    const { connections, rack } = this.#core
    return this.#policy({ rack, connections: connections.values(), order: this.#order, random: this.#random, nowMs })
  }

  /** One piece at a time goes to other zones: the link there is slow, and a place for it is always kept. */
  #chooseFar(nowMs: number): OfferChoice | undefined {
    const { zone, connections, limits } = this.#core
    if (zone === undefined || nowMs < this.#farFromMs) return undefined
    for (const { connection } of this.#grants) if (connection.isFar) return undefined
    const { farPatienceMs: patienceMs } = limits
    return offerFar({ connections: connections.values(), order: this.#order, nowMs, patienceMs })
  }

  #isSomebodyBusy(): boolean {
    for (const { speaksOffers, lackCount } of this.#core.connections.values())
      if (speaksOffers && lackCount > 0) return true
    return false
  }

  #underWay(nowMs: number): { bytes: number; slowBytes: number } {
    let bytes = 0
    let slowBytes = 0
    for (const grant of this.#grants) {
      if (grant.connection.isFar) continue
      bytes += grant.bytes
      if (nowMs - grant.sinceMs >= this.#window.slowAfterMs) slowBytes += grant.bytes
    }
    return { bytes, slowBytes }
  }

  #grant(connection: Connection, piece: PieceIndex, nowMs: number): Grant {
    const grant = {
      connection,
      piece,
      bytes: this.#core.geometry.lengthOf(piece),
      sinceMs: nowMs,
      deliveredBefore: this.#window.deliveredBytes,
      isTaken: false,
    }
    this.#grants.add(grant)
    connection.grants.set(piece, grant)
    this.#order.increase(piece)
    this.#expect(connection, piece, true)
    return grant
  }

  #deliver(grant: Grant, nowMs: number): void {
    const { connection, piece, bytes, sinceMs, deliveredBefore, isTaken } = grant
    if (connection.isFar) this.#farFromMs = nowMs + farPauseMs(nowMs - sinceMs)
    else if (isTaken) {
      this.#window.onBytes(bytes, nowMs)
      this.#window.onDelivered(bytes, sinceMs, deliveredBefore, nowMs)
    }
    this.#end(grant)
    connection.delivered.add(piece)
    this.#order.increase(piece)
    connection.busyUntilMs = 0
  }

  #end(grant: Grant): void {
    this.#grants.delete(grant)
    grant.connection.grants.delete(grant.piece)
    this.#order.decrease(grant.piece)
  }

  #expect(connection: Connection, piece: PieceIndex, isComing: boolean): void {
    if (connection.coming.has(piece) === isComing) return
    if (isComing) connection.coming.set(piece)
    else connection.coming.clear(piece)
    if (!connection.has.has(piece) && this.#core.pieces.held.has(piece)) connection.lackCount += isComing ? -1 : 1
  }

  #countLacks(connection: Connection): void {
    const { held } = this.#core.pieces
    connection.lackCount = 0
    for (const piece of held.indexes())
      if (!connection.has.has(piece) && !connection.coming.has(piece)) connection.lackCount++
  }
}

/** The longer the last piece took, the longer the next one waits, so that all senders together just fill the link. */
function farPauseMs(tookMs: number): number {
  return 4 * Math.max(0, tookMs - farPieceMs)
}
