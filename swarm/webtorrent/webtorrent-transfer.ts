import type WebTorrent from 'webtorrent'
import type { Torrent, Wire } from 'webtorrent'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { Announcer } from '../announce/announcer.ts'
import { isSeederPeerId, type PeerId, peerIdOf } from '../identifiers.ts'
import type { AddOptions } from '../io/torrent-transfer.ts'
import type { Transfer, TransferProgress } from '../io/transfer.ts'
import { type Metainfo, pieceLength } from '../metainfo/metainfo.ts'
import type { ChunkCache } from '../storage/chunk-cache.ts'
import { Destination } from '../storage/destination.ts'
import { PieceStore } from '../storage/piece-store.ts'
import type { SwarmDependencies } from '../swarm.ts'
import { mismatchError, stoppedError, transferError } from '../transfer-error.ts'
import { WebSeed, type WebSeeds } from '../web-seed/web-seed.ts'
import { chunkStoreOf } from './chunk-store.ts'
import { fetchOrder } from './fetch-order.ts'
import { Tally } from './tally.ts'
import { WebSeedFallback } from './web-seed-fallback.ts'

interface TransferOptions extends AddOptions {
  readonly webSeeds?: WebSeeds
  readonly peerId: PeerId
  readonly port: number
  readonly clientName: string
}

interface TransferDependencies extends SwarmDependencies {
  readonly cache: ChunkCache
  readonly client: WebTorrent
}

/** One torrent that webtorrent exchanges, on our own storage and with our own announcing. */
export class WebTorrentTransfer implements Transfer {
  readonly metainfo: Metainfo
  readonly completed: Promise<TransferProgress>
  readonly ended: Promise<RookeryError | undefined>
  /** Settled when webtorrent has the torrent, or never will. */
  readonly joined: Promise<void>
  readonly #options: TransferOptions
  readonly #dependencies: TransferDependencies
  readonly #logger: Logger
  readonly #stopping = new AbortController()
  readonly #opened: Promise<void>
  #store: PieceStore | undefined
  #torrent: Torrent | undefined
  #announcer: Announcer | undefined
  #fallback: WebSeedFallback | undefined
  /** Named before webtorrent had the torrent. */
  readonly #earlyPeers: string[] = []
  #state: TransferProgress['state'] = 'verifying'
  readonly #onJoined: () => void
  readonly #settle: { resolve(progress: TransferProgress): void; reject(error: RookeryError): void }
  readonly #end: (failure: RookeryError | undefined) => void
  #stopped: Promise<void> | undefined
  readonly #tally: Tally
  #piecesDone = 0
  #bytesDone = 0
  #bytesReused = 0

  constructor(options: TransferOptions, dependencies: TransferDependencies) {
    this.metainfo = options.metainfo
    this.#options = options
    this.#dependencies = dependencies
    this.#tally = new Tally(dependencies.clock)
    this.#logger = dependencies.logger.child({ infoHash: options.metainfo.infoHash })
    const { promise, resolve, reject } = Promise.withResolvers<TransferProgress>()
    this.completed = promise
    this.#settle = { resolve, reject }
    const ending = Promise.withResolvers<RookeryError | undefined>()
    this.ended = ending.promise
    this.#end = ending.resolve
    const joining = Promise.withResolvers<void>()
    this.joined = joining.promise
    this.#onJoined = joining.resolve
    // Whoever only seeds may never look at it.
    promise.catch(() => {})
    this.#opened = this.#open().catch((error) => this.#fail(error))
  }

  /** Stopped or failed: the torrent may be added again. */
  get isOver(): boolean {
    return this.#stopped !== undefined
  }

  progress(): TransferProgress {
    return {
      state: this.#state,
      piecesDone: this.#piecesDone,
      piecesTotal: this.metainfo.pieceCount,
      bytesDone: this.#bytesDone,
      bytesTotal: this.metainfo.totalBytes,
      peers: this.#peers,
      bytesReused: this.#bytesReused,
      bytesWasted: this.#bytesWasted(),
      // webtorrent fetches on while the disk writes.
      diskWaitMs: 0,
      ...this.#tally.view(),
    }
  }

  addPeers(addresses: readonly string[]): void {
    const torrent = this.#torrent
    if (!torrent?.infoHash) this.#earlyPeers.push(...addresses)
    else if (!torrent.destroyed) for (const address of addresses) torrent.addPeer(address)
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

  async #open(): Promise<void> {
    const { metainfo, isReadOnly } = this.#options
    const store = await PieceStore.open(this.#options, this.#dependencies.cache, this.#stopping.signal)
    this.#store = store
    if (this.#stopping.signal.aborted) return
    if (isReadOnly && !store.found.isFull) throw mismatchError(metainfo, store.found.count)
    for (const piece of store.found.indexes()) this.#hold(piece)
    this.#bytesReused = this.#bytesDone
    this.#announcer = this.#createAnnouncer()
    this.#state = 'fetching'
    this.#tally.fetchBegins()
    if (store.found.isFull) await this.#finish()
    if (this.#stopping.signal.aborted) return
    this.#torrent = this.#join(store)
    this.#announcer.start()
  }

  #join(store: PieceStore): Torrent {
    const { metainfo } = this
    const isComplete = store.found.isFull
    const torrent = this.#dependencies.client.add(torrentFile(metainfo), {
      ...(isComplete ? { skipVerify: true } : { bitfield: store.found.bytes }),
      preloadedStore: chunkStoreOf(store, metainfo, {
        onWritten: (piece) => this.#hold(piece),
        onUnreadable: (error) => this.#fail(error),
      }),
      storeCacheSlots: 0,
      deselect: true,
      maxWebConns: 1,
    })
    torrent.on('error', (error) => this.#fail(error))
    torrent.on('warning', (warning) => this.#logger.debug({ reason: errorMessage(warning) }, 'webtorrent warns'))
    torrent.on('wire', (wire, address) => this.#watch(wire, address))
    torrent.on('infoHash', () => {
      this.#onJoined()
      if (torrent.infoHash === metainfo.infoHash) this.addPeers(this.#earlyPeers.splice(0))
      else this.#fail(new RookeryError('TORRENT_INVALID', `webtorrent reads ${metainfo.name} as another torrent`))
    })
    if (isComplete) return torrent
    torrent.on('ready', () => {
      for (const { from, to } of fetchOrder(metainfo.pieceCount, this.#dependencies.random))
        torrent._select(from, to, 0, undefined, true)
    })
    this.#fallback = this.#fallBackFrom(torrent)
    torrent.on('done', () => this.#finish().catch((error) => this.#fail(error)))
    return torrent
  }

  #watch(wire: Wire, address: string | undefined): void {
    if (wire.type === 'webSeed') {
      wire.on('download', (bytes) => this.#tally.received('bytesFromWebSeed', bytes))
      return
    }
    const source = isSeederPeerId(peerIdOf(wire.peerId)) ? 'bytesFromSeeder' : 'bytesFromPeers'
    this.#logger.debug({ peer: address, peerId: wire.peerId }, 'peer connected')
    // webtorrent leaves Nagle's algorithm on: a request then waits for the receipt of the one before, 40 ms each.
    for (const peer of this.#torrent!._peers.values()) if (peer.wire === wire) peer.conn.setNoDelay?.(true)
    this.#tally.connected(this.#peers)
    wire.on('download', (bytes) => this.#tally.received(source, bytes))
    wire.on('upload', (bytes) => this.#tally.uploaded(bytes))
  }

  #fallBackFrom(torrent: Torrent): WebSeedFallback | undefined {
    const { metainfo, webSeeds = { urls: metainfo.urlList } } = this.#options
    if (webSeeds.urls.length === 0) return undefined
    const { clock, random } = this.#dependencies
    const webSeed = new WebSeed({ ...webSeeds, metainfo }, { clock, random, logger: this.#logger })
    return new WebSeedFallback({ metainfo, torrent, webSeed, tally: this.#tally, clock })
  }

  get #peers(): number {
    return this.#torrent ? this.#torrent.wires.filter((wire) => wire.type !== 'webSeed').length : 0
  }

  #createAnnouncer(): Announcer {
    const { metainfo, announce, peerId, port, clientName } = this.#options
    return new Announcer(
      { infoHash: metainfo.infoHash, peerId, announce: announce ?? metainfo.announce, port, clientName },
      {
        clock: this.#dependencies.clock,
        random: this.#dependencies.random,
        logger: this.#logger,
        state: () => {
          const { bytesUploaded, bytesFromPeers, bytesFromSeeder, bytesTotal, bytesDone, peers } = this.progress()
          const left = bytesTotal - bytesDone
          const downloaded = bytesFromPeers + bytesFromSeeder
          return { uploaded: bytesUploaded, downloaded, left, peers, isComplete: left === 0 }
        },
        onPeers: (addresses) => this.addPeers(addresses),
      },
    )
  }

  /** What came and is neither held nor part of a piece that is still incomplete. */
  #bytesWasted(): number {
    const done = this.#bytesDone
    const inUse = this.#torrent && !this.#torrent.destroyed ? Math.max(this.#torrent.downloaded, done) : done
    return Math.max(0, this.#tally.bytesReceived + this.#bytesReused - inUse)
  }

  #hold(piece: number): void {
    this.#piecesDone++
    this.#bytesDone += pieceLength(this.metainfo, piece)
  }

  async #finish(): Promise<void> {
    await this.#store!.finish()
    if (this.#stopping.signal.aborted) return
    this.#state = 'seeding'
    this.#tally.fetchEnds()
    this.#fallback?.stop()
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
    this.#tally.fetchEnds()
    this.#fallback?.stop()
    this.#onJoined()
    if (!error) await this.#opened
    const torrent = this.#torrent
    const left = new Promise<void>((resolve) => {
      if (torrent && !torrent.destroyed) torrent.destroy(() => resolve())
      else resolve()
    })
    await Promise.all([left, this.#announcer?.stop()])
    await this.#store?.close({ hasFailed: error !== undefined }).catch((thrown) => {
      this.#logger.warn({ reason: errorMessage(thrown) }, 'closing the files failed')
    })
    this.#settle.reject(error ?? stoppedError(this.metainfo))
    this.#end(error)
  }
}

/** The torrent without its trackers, which webtorrent would announce to. */
function torrentFile({ infoBytes }: Metainfo): Uint8Array {
  return Buffer.concat([Buffer.from('d4:info'), infoBytes, Buffer.from('e')])
}
