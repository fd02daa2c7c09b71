import type { BlockRange } from '../wire/messages.ts'
import type { Connection } from './connection.ts'
import type { EngineCore } from './core.ts'
import type { OfferDesk } from './offer-desk.ts'
import { timerPeriodsMs } from './timers.ts'
import { type UplinkScheduler, WholePieceScheduler } from './uplink-scheduler.ts'

/** The serving half of an engine: gives out slots, queues requests, and lets only so many bytes be under way. */
export class Uploader {
  readonly #core: EngineCore
  readonly #offers: OfferDesk
  readonly #scheduler: UplinkScheduler
  #bytesInFlight = 0

  constructor(core: EngineCore, offers: OfferDesk, scheduler?: UplinkScheduler) {
    this.#core = core
    this.#offers = offers
    this.#scheduler = scheduler ?? new WholePieceScheduler(core.limits, core.geometry.pieceLengthBytes)
  }

  onInterested(connection: Connection, nowMs: number): void {
    connection.peerInterested = true
    if (connection.speaksOffers) return
    if (connection.uplink.state === 'open') return
    connection.uplink.waitingSinceMs ??= nowMs
    this.assignSlots(nowMs)
  }

  onNotInterested(connection: Connection, nowMs: number): void {
    connection.peerInterested = false
    if (connection.uplink.state === 'choked') connection.uplink.waitingSinceMs = undefined
    this.assignSlots(nowMs)
  }

  /** Pieces are offered to one of ours, so it needs no slot. */
  onHello(connection: Connection): void {
    if (connection.uplink.state === 'choked') this.#unchoke(connection, 0)
  }

  onRequest(connection: Connection, range: BlockRange, nowMs: number): void {
    const { geometry, limits, pieces } = this.#core
    const piece = geometry.piece(range.piece)
    if (piece === undefined || range.length < 1 || range.length > limits.maxRequestBytes)
      return this.#core.drop(connection, 'asked for a block that the torrent does not have', nowMs)
    if (range.offset + range.length > geometry.lengthOf(piece))
      return this.#core.drop(connection, 'asked for bytes behind the end of a piece', nowMs)
    if (connection.uplink.state === 'choked' || !pieces.held.has(piece)) return this.#reject(connection, range)
    if (connection.queue.length >= limits.maxQueuedRequests)
      return this.#core.drop(connection, `queues more than ${limits.maxQueuedRequests} requests`, nowMs)
    connection.queue.push({ piece, offset: range.offset, length: range.length })
    if (connection.speaksOffers) this.#offers.onRequest(connection, piece, nowMs)
    this.#serve()
  }

  onCancel(connection: Connection, range: BlockRange): void {
    const index = connection.queue.findIndex(
      ({ piece, offset, length }) => piece === range.piece && offset === range.offset && length === range.length,
    )
    if (index === -1) return
    connection.queue.splice(index, 1)
    this.#reject(connection, range)
  }

  /** @param connection undefined when it is gone meanwhile. */
  onBlockSent(connection: Connection | undefined, length: number): void {
    this.#bytesInFlight -= length
    if (connection) {
      connection.bytesInFlight -= length
      if (connection.uplink.state === 'open') connection.uplink.bytesServed += length
      this.#core.counters.bytesUploaded += length
    }
    this.#serve()
  }

  onDisconnect(connection: Connection, nowMs: number): void {
    connection.queue = []
    this.assignSlots(nowMs)
    this.#serve()
  }

  /** Gives free slots to those who wait; the rotation timer passes taken ones on. */
  assignSlots(nowMs: number): void {
    const { connections, timers } = this.#core
    for (const { connection, grant } of this.#scheduler.assignSlots(connections.values(), nowMs)) {
      if (grant) this.#unchoke(connection, nowMs)
      else this.#choke(connection, nowMs)
    }
    for (const { uplink, speaksOffers } of connections.values()) {
      if (speaksOffers || uplink.state === 'open' || uplink.waitingSinceMs === undefined) continue
      timers.arm('rotation', nowMs + timerPeriodsMs.rotation)
      return
    }
  }

  #serve(): void {
    const { limits, connections, geometry } = this.#core
    while (this.#bytesInFlight < limits.maxBytesInFlight) {
      const connection = this.#scheduler.next(connections)
      if (!connection) return
      const { piece, offset, length } = connection.queue.shift()!
      connection.bytesInFlight += length
      this.#bytesInFlight += length
      this.#core.emit({ type: 'sendBlock', connection: connection.id, piece: geometry.piece(piece)!, offset, length })
    }
  }

  #unchoke(connection: Connection, nowMs: number): void {
    connection.uplink = { state: 'open', sinceMs: nowMs, bytesServed: 0 }
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'unchoke' } })
  }

  #choke(connection: Connection, nowMs: number): void {
    const { queue } = connection
    connection.queue = []
    connection.uplink = { state: 'choked', waitingSinceMs: connection.peerInterested ? nowMs : undefined }
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'choke' } })
    for (const range of queue) this.#reject(connection, range)
  }

  /** Says so where the peer understands it (BEP 6); elsewhere the choke says it, or nothing does. */
  #reject(connection: Connection, { piece, offset, length }: BlockRange): void {
    if (!connection.isFast) return
    this.#core.emit({ type: 'send', connection: connection.id, message: { type: 'reject', piece, offset, length } })
  }
}
