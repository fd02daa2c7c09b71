import type { Random } from '../../runtime/random.ts'
import type { PeerId, PieceIndex } from '../identifiers.ts'
import type { PeerMessage } from '../wire/messages.ts'
import { Bitfield } from './bitfield.ts'
import { Connection } from './connection.ts'
import {
  type ConnectionId,
  type EngineCounters,
  type EngineInput,
  type EngineOutput,
  zeroCounters,
} from './contract.ts'
import type { EngineCore } from './core.ts'
import { Downloader } from './downloader.ts'
import { Geometry, type TorrentSize } from './geometry.ts'
import { defaultLimits, type EngineLimits } from './limits.ts'
import { OfferDesk } from './offer-desk.ts'
import { OutputQueue } from './output-queue.ts'
import { PeerDirectory } from './peer-directory.ts'
import { PeerExchange } from './peer-exchange.ts'
import { PieceTable } from './piece-table.ts'
import { whoMakesRoom } from './room-policy.ts'
import { deadAfterMs, keepAliveAfterMs, Timers, timerPeriodsMs } from './timers.ts'
import { Uploader } from './uploader.ts'
import { WebSeedFallback } from './web-seed-fallback.ts'

export interface EngineOptions {
  readonly size: TorrentSize
  /** Pieces that are verified and on the disk. */
  readonly held: Bitfield
  readonly ownPeerId: PeerId
  readonly limits?: Partial<EngineLimits>
  /** Whoever runs the engine can get pieces in another way than from peers. */
  readonly hasWebSeed?: boolean
  /** Where this host is: peers of the same zone exchange freely, and a piece comes from another zone about once. */
  readonly zone?: string
  readonly rack?: string
}

/** A connection that lived this long was worth having, whatever came over it. */
const usefulAfterMs = 30_000

/**
 * One torrent's piece exchange, free of input and output: `handle` takes what happened and the time, then `nextOutput`
 * is called until it gives nothing more. Time is milliseconds from any start and never goes back. The same engine runs
 * on sockets (io/) and in the simulator.
 */
export class Engine {
  readonly #ownPeerId: PeerId
  readonly #core: EngineCore
  readonly #outputs = new OutputQueue()
  readonly #byPeerId = new Map<PeerId, Connection>()
  readonly #banned = new Set<PeerId>()
  readonly #directory: PeerDirectory
  readonly #downloader: Downloader
  readonly #uploader: Uploader
  readonly #offers: OfferDesk
  readonly #exchange: PeerExchange
  readonly #fallback: WebSeedFallback | undefined

  constructor(options: EngineOptions, dependencies: { readonly random: Random }) {
    const limits = { ...defaultLimits, ...options.limits }
    const geometry = new Geometry(options.size)
    this.#ownPeerId = options.ownPeerId
    this.#core = {
      geometry,
      limits,
      zone: options.zone,
      rack: options.rack,
      pieces: new PieceTable(geometry, options.held, dependencies.random),
      connections: new Map(),
      timers: new Timers(),
      lastBlockMs: undefined,
      counters: zeroCounters(),
      emit: (output) => this.#outputs.push(output),
      drop: (connection, reason, nowMs) => this.#drop(connection, reason, nowMs),
      ban: (peerId, reason, nowMs) => this.#ban(peerId, reason, nowMs),
    }
    this.#directory = new PeerDirectory(limits, dependencies.random)
    this.#downloader = new Downloader(this.#core)
    this.#offers = new OfferDesk(this.#core, dependencies.random)
    this.#exchange = new PeerExchange(this.#core)
    this.#fallback = options.hasWebSeed ? new WebSeedFallback(this.#core, this.#downloader) : undefined
    this.#uploader = new Uploader(this.#core, this.#offers)
  }

  /** Pieces that are verified and on the disk. Not to be changed. */
  get held(): Bitfield {
    return this.#core.pieces.held
  }

  get isComplete(): boolean {
    return this.held.isFull
  }

  get peerCount(): number {
    return this.#core.connections.size
  }

  get counters(): Readonly<EngineCounters> {
    return this.#core.counters
  }

  /** When `timeout` is due; infinite when nothing waits for time to pass. */
  get nextTimeoutMs(): number {
    return this.#core.timers.nextMs
  }

  /** Next thing to do, in order; undefined when there is none. */
  nextOutput(): EngineOutput | undefined {
    return this.#outputs.shift()
  }

  handle(input: EngineInput, nowMs: number): void {
    this.#downloader.begin(nowMs)
    this.#fallback?.begin(nowMs)
    switch (input.type) {
      case 'received':
        return this.#received(input.connection, input.message, nowMs)
      case 'blockSent':
        return this.#uploader.onBlockSent(this.#core.connections.get(input.connection), input.length)
      case 'pieceChecked':
        this.#downloader.onPieceChecked(input.piece, input.isGood, input.blockDigests, nowMs)
        if (input.isGood) this.#offers.onHeld(input.piece, nowMs)
        return input.isGood && this.isComplete ? this.#complete(nowMs) : undefined
      case 'connected':
        return this.#connected(input, nowMs)
      case 'disconnected':
        return this.#disconnected(input.connection, nowMs)
      case 'peersFound':
        this.#directory.add(input.addresses)
        return this.#dial(nowMs)
      case 'dialFailed':
        this.#directory.dialFailed(input.address, nowMs)
        return this.#dial(nowMs)
      case 'webSeedBlock':
        return this.#fallback?.onBlock(input.piece, input.offset, input.data, nowMs)
      case 'webSeedEnded':
        return this.#fallback?.onEnded(input.piece, input.isComplete, input.retryAfterMs, nowMs)
      case 'timeout':
        return this.#timeout(nowMs)
    }
  }

  #timeout(nowMs: number): void {
    for (const kind of this.#core.timers.takeDue(nowMs)) {
      if (kind === 'pipeline') this.#downloader.measure(nowMs)
      else if (kind === 'rotation') this.#uploader.assignSlots(nowMs)
      else if (kind === 'dialing') this.#dial(nowMs)
      else if (kind === 'offers') this.#offers.review(nowMs)
      else if (kind === 'news') this.#downloader.tellNews()
      else if (kind === 'exchange') this.#exchange.tellAll(nowMs)
      else if (kind === 'stall') this.#fallback?.review(nowMs)
      else this.#keepAlive(nowMs)
    }
  }

  #connected(input: EngineInput & { type: 'connected' }, nowMs: number): void {
    const { connections, limits, geometry, timers } = this.#core
    const { peerId, address } = input
    if (address !== undefined) this.#directory.connected(address, peerId)
    const connection = new Connection(
      { ...input, id: input.connection, pieceCount: geometry.pieceCount },
      limits,
      nowMs,
    )
    const refusal = this.#refusal(connection, nowMs)
    const existing = this.#byPeerId.get(peerId)
    if (existing) existing.listenAddress ??= address
    if (refusal !== undefined) return this.#refuse(connection, refusal, nowMs)

    if (existing) this.#drop(existing, 'replaced by another connection to the same peer', nowMs)
    connections.set(connection.id, connection)
    this.#byPeerId.set(peerId, connection)
    this.#core.counters.mostPeers = Math.max(this.#core.counters.mostPeers, connections.size)
    this.#downloader.onConnected(connection)
    const { held } = this
    if (connection.isFast && (held.isFull || held.count === 0))
      this.#send(connection, { type: held.isFull ? 'haveAll' : 'haveNone' }, nowMs)
    else if (held.count > 0) this.#send(connection, { type: 'bitfield', bits: held.bytes.slice() }, nowMs)
    timers.arm('keepAlive', nowMs + timerPeriodsMs.keepAlive)
  }

  /** Why a new connection is not wanted; resolves two connections to one peer, and makes room when one host crowds out others. */
  #refusal(connection: Connection, nowMs: number): string | undefined {
    const { connections, limits } = this.#core
    const { peerId } = connection
    if (peerId === this.#ownPeerId) return 'is ourselves'
    if (this.#banned.has(peerId)) return 'is banned'
    const existing = this.#byPeerId.get(peerId)
    if (existing) return this.#isKept(connection, existing) ? undefined : 'is connected already'
    if (connections.size < limits.maxPeers) return undefined
    const leaving = whoMakesRoom(connections.values(), connection.host, limits.maxPeers)
    if (!leaving) return 'no room for more peers'
    this.#drop(leaving, 'makes room for another host', nowMs)
    return undefined
  }

  /**
   * Which of two connections to one peer stays. Both ends must decide alike: of two made from both sides, the one that
   * the smaller peer id made; of two made from one side, the newer, since a peer dials again only when it lost the first.
   */
  #isKept(connection: Connection, existing: Connection): boolean {
    if (connection.wasDialled === existing.wasDialled) return true
    return connection.wasDialled === this.#ownPeerId < connection.peerId
  }

  #refuse(connection: Connection, reason: string, nowMs: number): void {
    const { address } = connection
    this.#core.emit({ type: 'disconnect', connection: connection.id, reason })
    if (address === undefined) return
    if (reason === 'is ourselves' || reason === 'is banned') this.#directory.bar(address)
    else this.#directory.disconnected(address, nowMs, false)
    this.#dial(nowMs)
  }

  #disconnected(id: ConnectionId, nowMs: number): void {
    const connection = this.#core.connections.get(id)
    if (!connection) return
    const wasUseful = connection.hasSentBlock || nowMs - connection.connectedMs >= usefulAfterMs
    this.#forget(connection, wasUseful, nowMs)
  }

  #drop(connection: Connection, reason: string, nowMs: number): void {
    if (!this.#core.connections.has(connection.id)) return
    this.#core.emit({ type: 'disconnect', connection: connection.id, reason })
    this.#forget(connection, false, nowMs)
  }

  #forget(connection: Connection, wasUseful: boolean, nowMs: number): void {
    const { listenAddress, peerId } = connection
    this.#core.connections.delete(connection.id)
    if (this.#byPeerId.get(peerId) === connection) this.#byPeerId.delete(peerId)
    this.#downloader.onDisconnect(connection, nowMs)
    this.#uploader.onDisconnect(connection, nowMs)
    this.#offers.onDisconnect(connection, nowMs)
    if (listenAddress !== undefined) {
      this.#directory.disconnected(listenAddress, nowMs, wasUseful)
      if (this.isComplete && connection.has.isFull) this.#directory.rest(listenAddress, nowMs)
    }
    this.#dial(nowMs)
  }

  #ban(peerId: PeerId, reason: string, nowMs: number): void {
    if (this.#banned.has(peerId)) return
    this.#banned.add(peerId)
    this.#core.emit({ type: 'banned', peerId, reason })
    const connection = this.#byPeerId.get(peerId)
    if (!connection) return
    this.#drop(connection, reason, nowMs)
    if (connection.listenAddress !== undefined) this.#directory.bar(connection.listenAddress)
  }

  #received(id: ConnectionId, message: PeerMessage, nowMs: number): void {
    const connection = this.#core.connections.get(id)
    if (!connection) return
    connection.lastReceivedMs = nowMs
    switch (message.type) {
      case 'piece':
        this.#fallback?.onPeerBlock(nowMs)
        return this.#downloader.onBlock(connection, message, nowMs)
      case 'request':
        return this.#uploader.onRequest(connection, message, nowMs)
      case 'have':
        return this.#onHave(connection, message.piece, nowMs)
      case 'bitfield':
      case 'haveAll':
      case 'haveNone':
        return this.#onPieces(connection, message, nowMs)
      case 'choke':
        return this.#downloader.onChoke(connection, nowMs)
      case 'unchoke':
        return this.#downloader.onUnchoke(connection, nowMs)
      case 'interested':
        return this.#uploader.onInterested(connection, nowMs)
      case 'notInterested':
        return this.#uploader.onNotInterested(connection, nowMs)
      case 'cancel':
        return this.#uploader.onCancel(connection, message)
      case 'reject':
        return this.#downloader.onReject(connection, message, nowMs)
      case 'offer':
        return this.#onOffer(connection, message.piece, nowMs)
      case 'decline':
        return this.#onTold(connection, message, nowMs)
      case 'ready':
        return this.#offers.onReady(connection, nowMs)
      case 'received':
        return this.#onTold(connection, message, nowMs)
      case 'exchange':
        this.#directory.add(message.added)
        return this.#dial(nowMs)
      case 'haves':
        for (const piece of message.pieces) this.#onHave(connection, piece, nowMs)
        return
      case 'hello':
        return this.#onHello(connection, message, nowMs)
      case 'keepAlive':
        return
    }
  }

  #onPieces(connection: Connection, message: PeerMessage, nowMs: number): void {
    const { pieceCount } = this.#core.geometry
    const has =
      message.type === 'bitfield'
        ? Bitfield.fromWire(message.bits, pieceCount)
        : message.type === 'haveAll'
          ? Bitfield.full(pieceCount)
          : new Bitfield(pieceCount)
    if (!has) return this.#drop(connection, 'sent a bitfield that does not fit the torrent', nowMs)
    // Some clients send a whole bitfield in place of many haves; what was told before stays true.
    if (!connection.toldPieces) {
      this.#downloader.onPieces(connection, has, nowMs)
      this.#offers.onPieces(connection, nowMs)
    } else for (const piece of has.indexes()) this.#noteHave(connection, piece as PieceIndex, nowMs)
    connection.toldPieces = true
    this.#endIfBothComplete(connection, nowMs)
  }

  #onHave(connection: Connection, value: number, nowMs: number): void {
    const piece = this.#core.geometry.piece(value)
    if (piece === undefined) return this.#drop(connection, 'has a piece that the torrent does not have', nowMs)
    connection.toldPieces = true
    this.#noteHave(connection, piece, nowMs)
    this.#endIfBothComplete(connection, nowMs)
  }

  #noteHave(connection: Connection, piece: PieceIndex, nowMs: number): void {
    if (connection.has.has(piece)) return
    this.#downloader.onHave(connection, piece, nowMs)
    this.#offers.onHave(connection, piece, nowMs)
  }

  #onOffer(connection: Connection, value: number, nowMs: number): void {
    const piece = this.#core.geometry.piece(value)
    if (piece === undefined) return this.#drop(connection, 'offers a piece that the torrent does not have', nowMs)
    this.#noteHave(connection, piece, nowMs)
    this.#downloader.onOffer(connection, piece, nowMs)
  }

  /** The answer to an offer of ours. */
  #onTold(connection: Connection, message: PeerMessage & { type: 'decline' | 'received' }, nowMs: number): void {
    const piece = this.#core.geometry.piece(message.piece)
    if (piece === undefined) return this.#drop(connection, 'tells of a piece that the torrent does not have', nowMs)
    if (message.type === 'received') this.#offers.onReceived(connection, piece, nowMs)
    else this.#offers.onDecline(connection, piece, message, nowMs)
  }

  #onHello(connection: Connection, hello: PeerMessage & { type: 'hello' }, nowMs: number): void {
    connection.zone = hello.zone
    connection.rack = hello.rack
    connection.isFar = this.#core.zone !== undefined && hello.zone !== undefined && hello.zone !== this.#core.zone
    if (hello.takesAddresses && !connection.takesAddresses) {
      connection.takesAddresses = true
      this.#exchange.onHello(nowMs)
    }
    if (hello.speaksOffers && !connection.speaksOffers) {
      connection.speaksOffers = true
      this.#uploader.onHello(connection)
      this.#offers.onHello(connection, nowMs)
    }
    if (hello.maxRequests !== undefined && hello.maxRequests > 0) connection.pipeline.limitTo(hello.maxRequests)
    if (hello.listenPort === undefined || connection.address !== undefined) return
    const host = connection.host.includes(':') ? `[${connection.host}]` : connection.host
    connection.listenAddress = `${host}:${hello.listenPort}`
    this.#directory.identify(connection.listenAddress, connection.peerId)
  }

  #complete(nowMs: number): void {
    this.#core.emit({ type: 'completed' })
    for (const connection of [...this.#core.connections.values()]) this.#endIfBothComplete(connection, nowMs)
  }

  #endIfBothComplete(connection: Connection, nowMs: number): void {
    if (this.isComplete && connection.has.isFull) this.#drop(connection, 'both hold everything', nowMs)
  }

  #dial(nowMs: number): void {
    const { limits, connections, timers } = this.#core
    const isConnected = (peerId: PeerId) => this.#byPeerId.has(peerId)
    const hasRoom = () => connections.size + this.#directory.dialing < limits.maxPeers
    while (hasRoom() && this.#directory.dialing < limits.maxDials) {
      const address = this.#directory.takeDialable(nowMs, isConnected)
      if (address === undefined) break
      this.#core.emit({ type: 'dial', address })
    }
    const nextMs = hasRoom() ? this.#directory.nextDialMs(isConnected) : Number.POSITIVE_INFINITY
    // What is due now waits for a dial to end, which comes back here.
    if (nextMs > nowMs && nextMs < Number.POSITIVE_INFINITY) timers.arm('dialing', nextMs)
  }

  #keepAlive(nowMs: number): void {
    for (const connection of [...this.#core.connections.values()]) {
      if (nowMs - connection.lastReceivedMs >= deadAfterMs) this.#drop(connection, 'is silent', nowMs)
      else if (nowMs - connection.lastSentMs >= keepAliveAfterMs) this.#send(connection, { type: 'keepAlive' }, nowMs)
    }
    if (this.#core.connections.size > 0) this.#core.timers.arm('keepAlive', nowMs + timerPeriodsMs.keepAlive)
  }

  #send(connection: Connection, message: PeerMessage, nowMs: number): void {
    connection.lastSentMs = nowMs
    this.#core.emit({ type: 'send', connection: connection.id, message })
  }
}
