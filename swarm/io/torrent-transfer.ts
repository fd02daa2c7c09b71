import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage, type RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { Announcer } from '../announce/announcer.ts'
import type { SecureTrackers } from '../announce/secure-trackers.ts'
import type { EngineInput, EngineOutput } from '../engine/contract.ts'
import { Engine } from '../engine/engine.ts'
import type { EngineLimits } from '../engine/limits.ts'
import type { PeerId } from '../identifiers.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { ChunkCache } from '../storage/chunk-cache.ts'
import { Destination } from '../storage/destination.ts'
import { DiskWait } from '../storage/disk-wait.ts'
import { PieceStore } from '../storage/piece-store.ts'
import { mismatchError, stoppedError, transferError } from '../transfer-error.ts'
import { WebSeed, type WebSeeds } from '../web-seed/web-seed.ts'
import { parseAddress } from '../wire/compact-address.ts'
import type { ConnectionOwner, PeerConnection } from './peer-connection.ts'
import type { Transfer, TransferProgress } from './transfer.ts'
import type { Uplink } from './uplink.ts'
import { fetchPiece } from './web-seed-fetch.ts'

/** What a torrent is added to a session with. */
export interface AddOptions {
  readonly metainfo: Metainfo
  /** Where the file or directory goes; made when it is missing. */
  readonly directory: string
  /** In place of the torrent's own name. */
  readonly fileName?: string
  /** Tracker URLs in place of the torrent's own. */
  readonly announce?: readonly string[]
  /** Only seed: the files must be there and complete; nothing is written. */
  readonly isReadOnly?: boolean
  /** The caller has just checked every piece on the disk. */
  readonly isVerified?: boolean
  /** HTTP sources for when no peer brings anything; the torrent's own in place of none. */
  readonly webSeeds?: WebSeeds
}

interface TransferOptions extends AddOptions {
  readonly peerId: PeerId
  readonly port: number
  readonly clientName: string
  readonly limits: Partial<EngineLimits>
  readonly zone?: string
  readonly rack?: string
}

interface TransferDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly cache: ChunkCache
  readonly uplink: Uplink
  readonly dial: (address: { host: string; port: number }, owner: ConnectionOwner) => PeerConnection
  readonly trackers: SecureTrackers | undefined
}

/** One torrent on real sockets and a real disk: carries what happens to the engine, and does what the engine asks for. */
export class TorrentTransfer implements Transfer, ConnectionOwner {
  readonly metainfo: Metainfo
  readonly completed: Promise<TransferProgress>
  readonly ended: Promise<RookeryError | undefined>
  readonly #options: TransferOptions
  readonly #dependencies: TransferDependencies
  readonly #logger: Logger
  readonly #stopping = new AbortController()
  readonly #opened: Promise<void>
  #store: PieceStore | undefined
  #engine: Engine | undefined
  #webSeed: WebSeed | undefined
  readonly #diskWait = new DiskWait()
  #announcer: Announcer | undefined
  #bytesReused = 0
  /** Named before the engine was there. */
  readonly #earlyPeers: string[] = []
  #state: TransferProgress['state'] = 'verifying'
  #settle: { resolve(progress: TransferProgress): void; reject(error: RookeryError): void }
  readonly #end: (failure: RookeryError | undefined) => void

  readonly #connections = new Map<number, PeerConnection>()
  readonly #ids = new Map<PeerConnection, number>()
  readonly #dialed = new Map<PeerConnection, string>()
  #lastId = 0
  #isDraining = false
  #timer: Timer | undefined
  #timerDueMs = Number.POSITIVE_INFINITY
  #stopped: Promise<void> | undefined

  constructor(options: TransferOptions, dependencies: TransferDependencies) {
    this.metainfo = options.metainfo
    this.#options = options
    this.#dependencies = dependencies
    this.#logger = dependencies.logger.child({ infoHash: options.metainfo.infoHash })
    const { promise, resolve, reject } = Promise.withResolvers<TransferProgress>()
    this.completed = promise
    this.#settle = { resolve, reject }
    const ending = Promise.withResolvers<RookeryError | undefined>()
    this.ended = ending.promise
    this.#end = ending.resolve
    // Whoever only seeds may never look at it.
    promise.catch(() => {})
    this.#opened = this.#open().catch((error) => this.#fail(error))
  }

  /** Stopped or failed: the torrent may be added again. */
  get isOver(): boolean {
    return this.#stopped !== undefined
  }

  progress(): TransferProgress {
    const { metainfo } = this
    const held = this.#engine?.held ?? this.#store?.found
    const counters = this.#engine?.counters
    return {
      state: this.#state,
      piecesDone: held?.count ?? 0,
      piecesTotal: metainfo.pieceCount,
      bytesDone: held ? this.#bytesOf(held) : 0,
      bytesTotal: metainfo.totalBytes,
      peers: this.#engine?.peerCount ?? 0,
      bytesFromPeers: counters?.bytesFromPeers ?? 0,
      bytesFromSeeder: counters?.bytesFromSeeder ?? 0,
      bytesFromWebSeed: counters?.bytesFromWebSeed ?? 0,
      bytesReused: this.#bytesReused,
      bytesWasted: counters?.bytesWasted ?? 0,
      bytesUploaded: counters?.bytesUploaded ?? 0,
      mostPeers: counters?.mostPeers ?? 0,
      diskWaitMs: Math.round(this.#diskWait.totalMs(this.#dependencies.clock.monotonicMs())),
      longestStallMs: Math.round(counters?.longestStallMs ?? 0),
    }
  }

  /** A peer that dialled us wants this torrent. */
  accept(connection: PeerConnection, peerId: PeerId): void {
    // While the files are verified it waits: refused, it would come back only after a second.
    if (!this.#engine && !this.#stopped) {
      this.#opened.then(() => this.#accept(connection, peerId))
      return
    }
    this.#accept(connection, peerId)
  }

  #accept(connection: PeerConnection, peerId: PeerId): void {
    if (!this.#engine || this.#stopped) return connection.close('this torrent is not ready')
    connection.handTo(this)
    connection.greet(this.metainfo)
    this.#adopt(connection, peerId)
  }

  addPeers(addresses: readonly string[]): void {
    if (this.#engine) this.#input({ type: 'peersFound', addresses })
    else this.#earlyPeers.push(...addresses)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown(this.#state === 'failed' ? 'failed' : 'stopped')
    return this.#stopped
  }

  async remove(): Promise<void> {
    await this.stop()
    const { metainfo, directory, fileName } = this.#options
    await new Destination(metainfo, directory, fileName).removeAll()
  }

  onHandshake(connection: PeerConnection, infoHash: string, peerId: PeerId): void {
    if (infoHash !== this.metainfo.infoHash) return connection.close('answered for another torrent')
    this.#adopt(connection, peerId)
  }

  onMessage(connection: PeerConnection, message: Parameters<ConnectionOwner['onMessage']>[1]): void {
    const id = this.#ids.get(connection)
    if (id !== undefined) this.#input({ type: 'received', connection: id, message })
  }

  onClosed(connection: PeerConnection, reason: string): void {
    const id = this.#ids.get(connection)
    const address = this.#dialed.get(connection)
    this.#ids.delete(connection)
    this.#dialed.delete(connection)
    if (id === undefined) {
      if (address !== undefined) this.#input({ type: 'dialFailed', address })
      return
    }
    this.#connections.delete(id)
    this.#logger.debug({ peer: address ?? connection.host, reason }, 'peer disconnected')
    this.#input({ type: 'disconnected', connection: id })
  }

  async #open(): Promise<void> {
    const { cache, random } = this.#dependencies
    const store = await PieceStore.open(this.#options, cache, this.#stopping.signal)
    this.#store = store
    if (this.#stopping.signal.aborted) return
    const { metainfo, isReadOnly, peerId, limits, zone, rack, webSeeds = { urls: metainfo.urlList } } = this.#options
    if (isReadOnly && !store.found.isFull) throw mismatchError(metainfo, store.found.count)
    this.#bytesReused = this.#bytesOf(store.found)
    const { clock } = this.#dependencies
    if (webSeeds.urls.length > 0)
      this.#webSeed = new WebSeed({ ...webSeeds, metainfo }, { clock, random, logger: this.#logger })
    const hasWebSeed = this.#webSeed !== undefined
    this.#engine = new Engine(
      { size: metainfo, held: store.found, ownPeerId: peerId, limits, hasWebSeed, zone, rack },
      { random },
    )
    this.#announcer = this.#createAnnouncer()
    this.#state = 'fetching'
    // A fetch that was killed between its last piece and the renaming has everything but the names.
    if (store.found.isFull) await this.#finish()
    if (this.#stopping.signal.aborted) return
    this.#announcer.start()
    this.#input({ type: 'peersFound', addresses: this.#earlyPeers.splice(0) })
  }

  #createAnnouncer(): Announcer {
    const { metainfo, announce, peerId, port, clientName } = this.#options
    return new Announcer(
      { infoHash: metainfo.infoHash, peerId, announce: announce ?? metainfo.announce, port, clientName },
      {
        clock: this.#dependencies.clock,
        random: this.#dependencies.random,
        logger: this.#logger,
        trackers: this.#dependencies.trackers,
        state: () => {
          const { bytesUploaded, bytesFromPeers, bytesFromSeeder, bytesTotal, bytesDone, peers } = this.progress()
          const left = bytesTotal - bytesDone
          return {
            uploaded: bytesUploaded,
            downloaded: bytesFromPeers + bytesFromSeeder,
            left,
            peers,
            isComplete: left === 0,
          }
        },
        onPeers: (addresses) => this.#input({ type: 'peersFound', addresses }),
      },
    )
  }

  #adopt(connection: PeerConnection, peerId: PeerId): void {
    const id = ++this.#lastId
    this.#ids.set(connection, id)
    this.#connections.set(id, connection)
    const address = this.#dialed.get(connection)
    const { host, isFast } = connection
    this.#logger.debug({ peer: address ?? host, peerId }, 'peer connected')
    this.#input({ type: 'connected', connection: id, peerId, host, address, isFast })
  }

  #input(input: EngineInput): void {
    const engine = this.#engine
    if (!engine || this.#stopping.signal.aborted) return
    engine.handle(input, this.#dependencies.clock.monotonicMs())
    if (this.#isDraining) return
    this.#isDraining = true
    for (let output = engine.nextOutput(); output; output = engine.nextOutput()) this.#perform(output)
    this.#isDraining = false
    this.#setTimer(engine.nextTimeoutMs)
  }

  #perform(output: EngineOutput): void {
    const store = this.#store!
    switch (output.type) {
      case 'send':
        return this.#connections.get(output.connection)?.send(output.message)
      case 'sendBlock':
        return this.#queueBlock(output)
      case 'storeBlock':
        return store.storeBlock(output.piece, output.offset, output.data)
      case 'checkPiece':
        return this.#check(output)
      case 'discardPiece':
        return store.discard(output.piece)
      case 'fetchPiece':
        void fetchPiece(this.#webSeed!, output.piece, (input) => this.#input(input), this.#stopping.signal)
        return
      case 'webSeedLied':
        return this.#webSeed?.distrust(output.piece)
      case 'dial':
        return this.#dial(output.address)
      case 'disconnect':
        return this.#connections.get(output.connection)?.close(output.reason)
      case 'banned':
        return this.#logger.warn({ peerId: output.peerId, reason: output.reason }, 'peer banned')
      case 'completed':
        this.#finish().catch((error) => this.#fail(error))
    }
  }

  #check({ piece, withDigests }: EngineOutput & { type: 'checkPiece' }): void {
    const { clock } = this.#dependencies
    this.#diskWait.begin(clock.monotonicMs())
    this.#store!.check(piece, withDigests)
      .finally(() => this.#diskWait.end(clock.monotonicMs()))
      .then(
        (result) => this.#input({ type: 'pieceChecked', piece, ...result }),
        (error) => this.#fail(error),
      )
  }

  #queueBlock(block: EngineOutput & { type: 'sendBlock' }): void {
    const { uplink } = this.#dependencies
    const { connection: id, length } = block
    const zone = this.#connections.get(id)?.zone
    const told = () => this.#input({ type: 'blockSent', connection: id, length })
    // What waits for its zone must not use up the room of all others, so for the engine it is gone.
    const isCapped = uplink.isCapped(zone)
    const sent = isCapped ? () => {} : told
    uplink.submit(this, length, zone, () => {
      if (this.#connections.has(id)) return this.#sendBlock(block, sent)
      sent()
      return false
    })
    if (isCapped) told()
  }

  #sendBlock(block: EngineOutput & { type: 'sendBlock' }, onSent: () => void): true {
    const { connection: id, piece, offset, length } = block
    const send = (data: Uint8Array) => {
      const sent = () => {
        this.#store!.release(data)
        this.#dependencies.uplink.sent(this, length)
        onSent()
      }
      const connection = this.#connections.get(id)
      if (connection) connection.sendBlock(block, data, sent)
      else sent()
    }
    const data = this.#store!.read(piece, offset, length)
    if (data instanceof Promise) data.then(send, (error) => this.#fail(error))
    else send(data)
    return true
  }

  #dial(address: string): void {
    const parsed = parseAddress(address)
    if (!parsed) return this.#input({ type: 'dialFailed', address })
    const connection = this.#dependencies.dial(parsed, this)
    this.#dialed.set(connection, address)
    connection.greet(this.metainfo)
  }

  #setTimer(dueMs: number): void {
    if (dueMs === this.#timerDueMs) return
    this.#timer?.cancel()
    this.#timerDueMs = dueMs
    if (dueMs === Number.POSITIVE_INFINITY) return
    const { clock } = this.#dependencies
    this.#timer = clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => {
      this.#timerDueMs = Number.POSITIVE_INFINITY
      this.#input({ type: 'timeout' })
    })
  }

  async #finish(): Promise<void> {
    await this.#store!.finish()
    if (this.#stopping.signal.aborted) return
    this.#state = 'seeding'
    if (this.#bytesReused < this.metainfo.totalBytes) this.#announcer!.completed()
    this.#settle.resolve(this.progress())
  }

  /** The disk is of no use, or what should be seeded is not there. */
  #fail(thrown: unknown): void {
    if (this.#stopping.signal.aborted || this.#stopped) return
    const error = transferError(thrown, this.metainfo)
    this.#logger.error({ code: error.code, reason: error.message }, 'transfer failed')
    this.#state = 'failed'
    this.#stopped = this.#shutDown('failed', error)
  }

  async #shutDown(state: 'stopped' | 'failed', error?: RookeryError): Promise<void> {
    this.#stopping.abort(new Error('the transfer was stopped'))
    this.#state = state
    this.#timer?.cancel()
    this.#dependencies.uplink.forget(this)
    for (const connection of [...this.#connections.values(), ...this.#dialed.keys()]) connection.close('stopped')
    if (!error) await this.#opened
    await this.#announcer?.stop()
    await this.#store?.close({ hasFailed: error !== undefined }).catch((thrown) => {
      this.#logger.warn({ reason: errorMessage(thrown) }, 'closing the files failed')
    })
    this.#settle.reject(error ?? stoppedError(this.metainfo))
    this.#end(error)
  }

  #bytesOf(held: { readonly count: number; has(piece: number): boolean }): number {
    const { pieceCount, pieceLengthBytes } = this.metainfo
    const last = pieceCount - 1
    const missingOfLast = held.has(last) ? pieceLengthBytes - pieceLength(this.metainfo, last) : 0
    return held.count * pieceLengthBytes - missingOfLast
  }
}
