import type { PeerId, PieceIndex } from '../identifiers.ts'
import { blockLengthBytes } from '../identifiers.ts'
import type { BlockRange, PeerMessage } from '../wire/messages.ts'
import type { Bitfield } from './bitfield.ts'
import type { Connection } from './connection.ts'
import type { ConnectionId } from './contract.ts'
import type { EngineCore } from './core.ts'
import { HaveNews } from './have-news.ts'
import { Intake } from './intake.ts'
import { type PiecePicker, rarestFirst } from './piece-picker.ts'
import type { PieceProgress } from './piece-progress.ts'
import { Recovery } from './recovery.ts'
import { Requests } from './requests.ts'
import { Suspects } from './suspects.ts'

/** A silent peer is waited for this many times as long while others fill our way in, or the link to its zone. */
const fullLinkPatience = 5

/** The web seed in place of a connection, and of a sender. */
const webSeedOwner: ConnectionId = -1
const webSeedSender = 'web seed' as PeerId

/** At least this many pieces may be in memory, however long they are: one to receive while another is written. */
const minInMemory = 3

/**
 * The fetching half of an engine: knows who holds what, takes offers and blocks, watches silent peers, finds out who poisons.
 */
export class Downloader {
  readonly #core: EngineCore
  readonly #picker: PiecePicker
  readonly #suspects = new Suspects()
  readonly #intake: Intake
  readonly #news: HaveNews
  readonly #requests: Requests
  readonly #recovery: Recovery
  readonly #pickContext: Parameters<PiecePicker>[0]
  #snubbedCount = 0
  #measuredMs = 0

  constructor(core: EngineCore, picker: PiecePicker = rarestFirst) {
    this.#core = core
    this.#picker = picker
    const { geometry, limits, pieces } = core
    const maxInMemory = Math.max(minInMemory, Math.floor(limits.maxIncomingBytes / geometry.pieceLengthBytes))
    this.#intake = new Intake(core, maxInMemory)
    this.#news = new HaveNews(core)
    this.#requests = new Requests(core, this.#intake, this.#suspects)
    this.#recovery = new Recovery(core, this.#intake, this.#requests)
    this.#pickContext = {
      pieces,
      maxInMemory,
      maxDuplicates: limits.maxDuplicates,
      keyOf: (piece, block) => geometry.keyOf(piece, block),
    }
  }

  /** Called with everything that happens; the first time begins the fetch. */
  begin(nowMs: number): void {
    this.#core.lastBlockMs ??= nowMs
  }

  onConnected(connection: Connection): void {
    this.#news.onConnected(connection)
  }

  /** What the peer holds, told once and before any `have`. */
  onPieces(connection: Connection, has: Bitfield, nowMs: number): void {
    const { pieces } = this.#core
    connection.has = has
    if (!has.isFull) {
      connection.isCounted = true
      for (const piece of has.indexes()) pieces.order.increase(piece as PieceIndex)
    }
    for (let piece = 0; piece < has.length; piece++)
      if (has.has(piece) && !pieces.held.has(piece)) connection.wantedCount++
    this.#updateInterest(connection, nowMs)
  }

  onHave(connection: Connection, piece: PieceIndex, nowMs: number): void {
    if (connection.has.has(piece)) return
    connection.isCounted = true
    connection.has.set(piece)
    this.#core.pieces.order.increase(piece)
    if (this.#core.pieces.held.has(piece)) return
    connection.wantedCount++
    this.#updateInterest(connection, nowMs)
    if (connection.isHungry) this.fill(connection, nowMs)
  }

  /** The peer would send a piece now. */
  onOffer(connection: Connection, piece: PieceIndex, nowMs: number): void {
    // Who offers is alive; with a probe out it must answer that before it is asked for more.
    if (connection.downlink.state === 'snubbed' && connection.requests.size === 0) this.#noteBlock(connection, nowMs)
    const isSilent = connection.downlink.state !== 'open'
    const hasRoom = !isSilent && this.#intake.hasRoomFor(connection, nowMs)
    if (hasRoom && !this.#core.pieces.isBegun(piece))
      this.#requests.requestFree(connection, this.#requests.start(piece, connection, nowMs), nowMs)
    else {
      this.#news.tell(connection)
      const message = { type: 'decline', piece, hasRoom, coming: this.#core.pieces.coming() } as const
      this.#core.emit({ type: 'send', connection: connection.id, message })
    }
  }

  onUnchoke(connection: Connection, nowMs: number): void {
    if (connection.downlink.state !== 'choked') return
    connection.downlink = { state: 'open', lastBlockMs: nowMs }
    this.fill(connection, nowMs)
    this.#requests.armPipeline(nowMs)
  }

  /** What was asked for will not come, with the fast extension too: we do not wait for its rejects. */
  onChoke(connection: Connection, nowMs: number): void {
    if (connection.downlink.state === 'choked') return
    connection.unaskedAllowance += connection.requests.size
    this.#requests.release(connection)
    connection.downlink = { state: 'choked' }
    connection.pipeline.restart()
    this.#fillHungry(nowMs)
  }

  onReject(connection: Connection, range: BlockRange, nowMs: number): void {
    const { geometry, pieces } = this.#core
    const piece = geometry.piece(range.piece)
    const block = piece === undefined ? undefined : geometry.blockAt(piece, range.offset, range.length)
    if (piece === undefined || block === undefined || !connection.requests.delete(geometry.keyOf(piece, block))) return
    const progress = pieces.started.get(piece)
    if (progress && connection.downlink.state !== 'snubbed') progress.dropRequest(block)
    // Asked again at once it would refuse again; the next measurement asks, and until then somebody else may.
    connection.isHungry = true
    if (progress?.owner === connection.id) this.#requests.disown(connection, progress)
    this.#requests.armPipeline(nowMs)
    this.#fillHungry(nowMs, connection)
    this.#recovery.rescue(nowMs, connection)
  }

  onBlock(connection: Connection, message: PeerMessage & { type: 'piece' }, nowMs: number): void {
    const { geometry, pieces, counters } = this.#core
    const { data } = message
    const piece = geometry.piece(message.piece)
    const block = piece === undefined ? undefined : geometry.blockAt(piece, message.offset, data.length)
    if (piece === undefined || block === undefined)
      return this.#core.drop(connection, 'sent a block that the torrent does not have', nowMs)

    const key = geometry.keyOf(piece, block)
    const wasAsked = connection.requests.delete(key)
    if (!wasAsked && --connection.unaskedAllowance < 0)
      return this.#core.drop(connection, 'sends blocks that were not asked for', nowMs)
    connection.hasSentBlock = true
    connection.pipeline.onBlock(data.length)
    this.#intake.onBlock(data.length, nowMs)
    const progress = pieces.started.get(piece)
    if (wasAsked && connection.downlink.state !== 'snubbed') progress?.dropRequest(block)
    this.#noteBlock(connection, nowMs)
    if (connection.isSeeder) counters.bytesFromSeeder += data.length
    else counters.bytesFromPeers += data.length

    const isForeign = progress?.isExclusive && progress.owner !== connection.id
    if (!progress || isForeign || progress.isReceived(block)) counters.bytesWasted += data.length
    else this.#accept(connection.peerId, progress, block, data, nowMs)
    this.fill(connection, nowMs)
  }

  onPieceChecked(piece: PieceIndex, isGood: boolean, blockDigests: readonly string[] | undefined, nowMs: number): void {
    if (isGood) this.#keep(piece, blockDigests, nowMs)
    else this.#refuse(piece, blockDigests ?? [], nowMs)
    this.#intake.invite(nowMs)
    this.#fillHungry(nowMs)
  }

  onDisconnect(connection: Connection, nowMs: number): void {
    const { pieces } = this.#core
    this.#intake.onDisconnect(connection)
    this.#requests.release(connection)
    if (connection.downlink.state === 'snubbed') this.#snubbedCount--
    connection.downlink = { state: 'choked' }
    if (connection.isCounted) for (const piece of connection.has.indexes()) pieces.order.decrease(piece as PieceIndex)
    this.#fillHungry(nowMs)
    this.#recovery.rescue(nowMs)
  }

  /** Begins a piece that the web seed is to send whole; undefined when none can be begun. */
  startFromWebSeed(nowMs: number): PieceIndex | undefined {
    const { pieces } = this.#core
    let piece = this.#intake.isMemoryFull ? undefined : pieces.order.first(() => true)
    if (piece === undefined) {
      // All that is missing was asked of peers that do not send it; what they sent of the piece comes again.
      const [stuck] = [...pieces.started.values()].filter(({ owner }) => owner !== webSeedOwner)
      if (!stuck) return undefined
      piece = stuck.piece
      this.#requests.forget(stuck)
    }
    const since = { sinceMs: nowMs, deliveredBefore: this.#intake.deliveredBytes }
    pieces.start(piece, webSeedOwner, true, since)
    return piece
  }

  onWebSeedBlock(piece: PieceIndex, offset: number, data: Uint8Array, nowMs: number): void {
    const { geometry, pieces, counters } = this.#core
    const progress = pieces.started.get(piece)
    const block = geometry.blockAt(piece, offset, data.length)
    if (block === undefined || progress?.owner !== webSeedOwner || progress.isReceived(block)) return
    counters.bytesFromWebSeed += data.length
    this.#accept(webSeedSender, progress, block, data, nowMs)
  }

  /** The web seed does not send the rest: anybody may be asked for it. */
  abandonWebSeedPiece(piece: PieceIndex, nowMs: number): void {
    const progress = this.#core.pieces.started.get(piece)
    if (progress?.owner !== webSeedOwner) return
    this.#requests.forget(progress)
    this.#fillHungry(nowMs)
  }

  /** The news timer. */
  tellNews(): void {
    this.#news.tellAll()
  }

  /** The pipeline timer. */
  measure(nowMs: number): void {
    const elapsedMs = Math.max(1, nowMs - Math.max(this.#measuredMs, this.#requests.armedMs))
    this.#measuredMs = nowMs
    for (const connection of [...this.#core.connections.values()]) {
      if (connection.requests.size === 0) continue
      connection.pipeline.measure(elapsedMs)
      this.#watch(connection, nowMs)
    }
    for (const connection of this.#core.connections.values()) {
      if (connection.requestRoom > 0) this.fill(connection, nowMs)
      if (connection.requests.size > 0) this.#requests.armPipeline(nowMs)
    }
    this.#recovery.rescue(nowMs)
    this.#intake.invite(nowMs)
    this.#recovery.pull(nowMs)
  }

  /** Asks the peer for as much as it may be asked. */
  fill(connection: Connection, nowMs: number): void {
    connection.isHungry = false
    if (connection.speaksOffers) return
    for (let room = connection.requestRoom; room > 0; ) {
      const choice = connection.wantedCount > 0 ? this.#picker(this.#pickContext, connection) : undefined
      if (!choice) {
        connection.isHungry = true
        return
      }
      if (choice.reason === 'endgame') {
        this.#requests.request(connection, choice.progress, choice.block, nowMs)
        room--
        continue
      }
      const progress =
        choice.reason === 'rarest' ? this.#requests.start(choice.piece, connection, nowMs) : choice.progress
      if (choice.reason === 'orphan' && connection.downlink.state === 'open') this.#requests.own(connection, progress)
      for (; room > 0 && progress.hasFreeBlock; room--) {
        const block = progress.freeBlock()!
        // A probe of a snubbed peer counts for nobody, so the block stays free: it must not be asked for twice.
        if (connection.requests.has(this.#core.geometry.keyOf(progress.piece, block))) return
        this.#requests.request(connection, progress, block, nowMs)
      }
    }
  }

  #accept(sender: PeerId, progress: PieceProgress, block: number, data: Uint8Array, nowMs: number): void {
    const { pieces, geometry } = this.#core
    const { piece } = progress
    if (progress.isUntouched) this.#intake.onFirstBlock(progress, nowMs)
    progress.receive(block, sender)
    const { counters } = this.#core
    counters.longestStallMs = Math.max(counters.longestStallMs, nowMs - this.#core.lastBlockMs!)
    this.#core.lastBlockMs = nowMs
    this.#core.emit({ type: 'storeBlock', piece, offset: block * blockLengthBytes, data })
    if (progress.requestsOf(block) > 0 || this.#snubbedCount > 0) this.#cancelElsewhere(progress, block, nowMs)
    if (!progress.isComplete) return
    const owner = this.#core.connections.get(progress.owner)
    owner?.owned.delete(progress)
    pieces.check(geometry.piece(piece)!)
    this.#core.emit({ type: 'checkPiece', piece, withDigests: this.#suspects.has(piece) })
    this.#intake.onPiece(progress, nowMs)
    this.#thank(progress)
    this.#intake.invite(nowMs)
  }

  /** Who was asked for the piece may send the next one, before it is verified; with all news, since it chooses that now. */
  #thank({ asked, piece }: PieceProgress): void {
    for (const id of asked) {
      const connection = this.#core.connections.get(id)
      if (!connection?.speaksOffers) continue
      this.#news.tell(connection)
      this.#core.emit({ type: 'send', connection: id, message: { type: 'received', piece } })
    }
  }

  #cancelElsewhere(progress: PieceProgress, block: number, nowMs: number): void {
    const { geometry, connections } = this.#core
    const key = geometry.keyOf(progress.piece, block)
    for (const other of connections.values()) {
      if (!other.requests.delete(key)) continue
      if (other.downlink.state !== 'snubbed') progress.dropRequest(block)
      this.#requests.cancel(other, progress.piece, block)
      other.isHungry = true
      this.#requests.armPipeline(nowMs)
    }
  }

  #keep(piece: PieceIndex, blockDigests: readonly string[] | undefined, nowMs: number): void {
    const { pieces, connections } = this.#core
    pieces.keep(piece)
    if (blockDigests)
      for (const peerId of this.#suspects.convict(piece, blockDigests))
        this.#core.ban(peerId, `sent a wrong block of piece ${piece}`, nowMs)
    for (const connection of connections.values()) {
      if (connection.has.has(piece)) {
        connection.wantedCount--
        this.#updateInterest(connection, nowMs)
      }
    }
    this.#news.add(piece, nowMs)
  }

  #refuse(piece: PieceIndex, blockDigests: readonly string[], nowMs: number): void {
    const { pieces, geometry, counters } = this.#core
    const progress = pieces.fail(piece)
    counters.bytesWasted += geometry.lengthOf(piece)
    for (const peerId of this.#suspects.accuse(piece, progress.sendersByBlock(), blockDigests)) {
      if (peerId === webSeedSender) this.#core.emit({ type: 'webSeedLied', piece })
      else this.#core.ban(peerId, `sent piece ${piece}, which does not match its hash`, nowMs)
    }
  }

  /** Snubs a peer that owes blocks and sends none; lets it go when it stays silent. */
  #watch(connection: Connection, nowMs: number): void {
    const { downlink } = connection
    const { snubMs, silentMs } = this.#core.limits
    const [oldestMs] = connection.requests.values()
    // One of ours serves others between our pieces: it is silent when it says nothing at all. While our own way in is
    // full it may be that which keeps it waiting, and to ask another for the same would only fill it more.
    const spokeMs = connection.speaksOffers ? connection.lastReceivedMs : 0
    const isWaitNatural = connection.isFar || (connection.speaksOffers && this.#intake.isLinkFull(nowMs))
    const patienceMs = isWaitNatural ? fullLinkPatience * snubMs : snubMs
    if (downlink.state === 'snubbed' && nowMs - downlink.sinceMs >= silentMs)
      return this.#core.drop(connection, `sent nothing for ${silentMs} ms`, nowMs)
    if (downlink.state !== 'open' || nowMs - Math.max(downlink.lastBlockMs, oldestMs!, spokeMs) < patienceMs) return

    const [probe] = connection.requests.keys()
    for (const key of connection.requests.keys())
      if (key !== probe)
        this.#requests.cancel(connection, this.#core.geometry.pieceOfKey(key), this.#core.geometry.blockOfKey(key))
    this.#requests.release(connection)
    connection.downlink = { state: 'snubbed', sinceMs: nowMs }
    connection.pipeline.restart()
    this.#snubbedCount++
    if (this.#core.pieces.started.has(this.#core.geometry.pieceOfKey(probe!))) connection.requests.set(probe!, nowMs)
    this.#fillHungry(nowMs)
    this.#recovery.rescue(nowMs, connection)
  }

  /** A block came, so the peer is alive. */
  #noteBlock(connection: Connection, nowMs: number): void {
    const { downlink } = connection
    if (downlink.state === 'open') downlink.lastBlockMs = nowMs
    if (downlink.state !== 'snubbed') return
    const { geometry, pieces } = this.#core
    connection.downlink = { state: 'open', lastBlockMs: nowMs }
    this.#snubbedCount--
    for (const key of connection.requests.keys())
      pieces.started.get(geometry.pieceOfKey(key))?.addRequest(geometry.blockOfKey(key))
  }

  #updateInterest(connection: Connection, nowMs: number): void {
    const isInterested = connection.wantedCount > 0
    if (isInterested === connection.amInterested) return
    connection.amInterested = isInterested
    // Whoever has it may believe that it comes from another, and never offer it.
    if (isInterested) this.#requests.armPipeline(nowMs)
    const type = isInterested ? 'interested' : 'notInterested'
    this.#core.emit({ type: 'send', connection: connection.id, message: { type } })
  }

  #fillHungry(nowMs: number, except?: Connection): void {
    for (const connection of this.#core.connections.values())
      if (connection.isHungry && connection !== except) this.fill(connection, nowMs)
  }
}
