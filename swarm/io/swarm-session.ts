import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { rookeryVersion } from '../../runtime/version.ts'
import { SecureTrackers } from '../announce/secure-trackers.ts'
import type { BandwidthLimits } from '../bandwidth/limits.ts'
import { defaultLimits, type EngineLimits } from '../engine/limits.ts'
import { createPeerId, type InfoHash, type PeerId } from '../identifiers.ts'
import { ChunkCache } from '../storage/chunk-cache.ts'
import { Doorway, type DoorwayLimits, doorwayLimits, type Visitor } from './doorway.ts'
import { Downlink } from './downlink.ts'
import { type ConnectionOwner, PeerConnection } from './peer-connection.ts'
import type { SwarmTls } from './swarm-tls.ts'
import { type SecurePeer, TlsTransport } from './tls-transport.ts'
import { checkAuthority } from './torrent-authority.ts'
import { type AddOptions, TorrentTransfer } from './torrent-transfer.ts'
import type { Transfer } from './transfer.ts'
import { Uplink } from './uplink.ts'

interface SwarmSessionOptions {
  /** Where peers dial us; port 0 lets the system choose. */
  readonly listen: { readonly host: string; readonly port: number }
  /** First bytes of our peer id (BEP 20), e.g. `agentPeerIdPrefix`. */
  readonly peerIdPrefix: string
  readonly maxPeersPerTorrent?: number
  /** Where this host is; told to peers, so that near ones come first. */
  readonly zone?: string
  readonly rack?: string
  readonly limits?: Partial<EngineLimits>
  readonly doorway?: Partial<DoorwayLimits>
  /** Caps until others are set. */
  readonly bandwidth?: BandwidthLimits
  /** Every connection is one of TLS, whatever its torrent says. */
  readonly tls?: SwarmTls
}

interface SwarmSessionDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Chunks kept in memory for all torrents together. */
const cacheBytes = 8 * 1024 * 1024
/** All torrents of one process behind one listening port. */
export class SwarmSession implements Component {
  readonly name = 'swarm'
  readonly #options: SwarmSessionOptions
  readonly #dependencies: SwarmSessionDependencies
  readonly #peerId: PeerId
  readonly #limits: Partial<EngineLimits>
  readonly #cache = new ChunkCache(cacheBytes)
  readonly #uplink: Uplink
  readonly #downlink: Downlink
  readonly #server: Server
  readonly #transfers = new Map<InfoHash, TorrentTransfer>()
  readonly #doorway: Doorway
  readonly #tls: TlsTransport | undefined
  readonly #trackers: SecureTrackers | undefined

  constructor(options: SwarmSessionOptions, dependencies: SwarmSessionDependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#peerId = createPeerId(options.peerIdPrefix, dependencies.random)
    const { maxPeersPerTorrent: maxPeers } = options
    this.#limits = { ...options.limits, ...(maxPeers === undefined ? {} : { maxPeers }) }
    const maxBytesInFlight = this.#limits.maxBytesInFlight ?? defaultLimits.maxBytesInFlight
    this.#uplink = new Uplink({ maxBytesInFlight, zone: options.zone }, dependencies.clock)
    this.#downlink = new Downlink(dependencies.clock)
    this.setLimits(options.bandwidth ?? {})
    const { clock, logger } = dependencies
    this.#doorway = new Doorway({ ...doorwayLimits, ...options.doorway }, clock)
    const isHere = (infoHash: string) => this.#transfers.has(infoHash as InfoHash)
    this.#tls = options.tls && new TlsTransport(options.tls, { clock, logger, isHere })
    this.#trackers = options.tls && new SecureTrackers(options.tls)
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#onSocket(socket))
  }

  /** The port peers dial; known once the session is started. */
  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : this.#options.listen.port
  }

  get transfers(): readonly Transfer[] {
    return [...this.#transfers.values()]
  }

  setLimits(limits: BandwidthLimits): void {
    this.#uplink.setLimits(limits)
    this.#downlink.setLimits(limits)
  }

  /** @throws {RookeryError} PORT_IN_USE. */
  async start(): Promise<void> {
    const { host, port } = this.#options.listen
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, host, port)))
      this.#server.listen({ host, port }, resolve)
    })
    this.#dependencies.logger.info({ host, port: this.port }, 'swarm listening')
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#doorway.close()
    await Promise.all([...this.#transfers.values()].map((transfer) => transfer.stop()))
    this.#transfers.clear()
    this.#uplink.stop()
    this.#downlink.stop()
    this.#tls?.stop()
    this.#trackers?.stop()
    await closed
  }

  /**
   * Fetches what is missing of a torrent, then seeds it. The session must be started: trackers are told its port.
   * @throws {RookeryError} CONFLICT when the torrent is in the session already, or is for certificates of others.
   */
  add(options: AddOptions): Transfer {
    const { infoHash } = options.metainfo
    const tls = this.#tls
    checkAuthority(options.metainfo, tls && ((fingerprint) => tls.trusts(fingerprint)))
    const existing = this.#transfers.get(infoHash)
    if (existing && !existing.isOver)
      throw new RookeryError('CONFLICT', `the torrent ${infoHash} is in this session already`)
    const transfer = new TorrentTransfer(
      { ...options, peerId: this.#peerId, port: this.port, clientName, limits: this.#limits, ...this.#place },
      {
        ...this.#dependencies,
        cache: this.#cache,
        uplink: this.#uplink,
        trackers: this.#trackers,
        dial: (address, owner) =>
          PeerConnection.dial(address, infoHash, this.#connectionOptions, owner, this.#dependencies.clock),
      },
    )
    this.#transfers.set(infoHash, transfer)
    return transfer
  }

  #onSocket(socket: Socket): void {
    const visitor = this.#doorway.enter(socket.remoteAddress ?? '', () => socket.destroy())
    if (!visitor) return void socket.destroy()
    if (!this.#tls) return this.#welcome(socket, { visitor })
    socket.once('close', () => visitor.left())
    this.#tls.accept(socket, (secured, peer, infoHash) => this.#welcome(secured, { visitor, peer }, infoHash))
  }

  /** Takes care of a connection until it has said which torrent it wants. @param expected the only one it may name. */
  #welcome(socket: Socket, arrival: { visitor: Visitor; peer?: SecurePeer }, expected?: InfoHash): void {
    const reception: ConnectionOwner = {
      onHandshake: (connection, infoHash, peerId) => {
        arrival.visitor.introduced()
        const transfer = this.#transfers.get(infoHash)
        if (expected !== undefined && infoHash !== expected)
          connection.close('wants another torrent than its TLS handshake named')
        else if (transfer) transfer.accept(connection, peerId)
        else connection.close('wants a torrent that is not here')
      },
      onMessage: () => {},
      onClosed: () => {},
    }
    PeerConnection.accept(socket, arrival, this.#connectionOptions, reception, this.#dependencies.clock)
  }

  get #place(): { zone?: string; rack?: string } {
    const { zone, rack } = this.#options
    return { zone, rack }
  }

  get #connectionOptions() {
    const maxRequests = this.#limits.maxQueuedRequests ?? defaultLimits.maxQueuedRequests
    const { zone, rack } = this.#options
    return {
      ownPeerId: this.#peerId,
      listenPort: this.port,
      maxRequests,
      clientName,
      zone,
      rack,
      downlink: this.#downlink,
      tls: this.#tls,
    }
  }
}

const clientName = `Rookery ${rookeryVersion}`

function listenError(error: Error, host: string, port: number): Error {
  if (systemErrorCode(error) !== 'EADDRINUSE') return error
  return new RookeryError('PORT_IN_USE', `port ${port} on ${host} is in use by another process; choose another`, {
    cause: error,
  })
}
