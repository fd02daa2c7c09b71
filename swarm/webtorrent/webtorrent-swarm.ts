import type WebTorrent from 'webtorrent'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import { rookeryVersion } from '../../runtime/version.ts'
import type { BandwidthLimits } from '../bandwidth/limits.ts'
import type { NetworkConfig } from '../engine-config.ts'
import { createPeerId, type InfoHash, type PeerId } from '../identifiers.ts'
import { checkAuthority } from '../io/torrent-authority.ts'
import type { AddOptions } from '../io/torrent-transfer.ts'
import type { Transfer } from '../io/transfer.ts'
import { ChunkCache } from '../storage/chunk-cache.ts'
import type { Swarm, SwarmDependencies, SwarmOptions } from '../swarm.ts'
import { WebTorrentTransfer } from './webtorrent-transfer.ts'

interface WebTorrentSwarmOptions
  extends Pick<SwarmOptions, 'listen' | 'peerIdPrefix' | 'maxPeersPerTorrent' | 'bandwidth'> {
  readonly network?: Partial<NetworkConfig>
}

/** Chunks kept in memory for all torrents together. */
const cacheBytes = 8 * 1024 * 1024
/** For webtorrent. */
const noLimit = -1

/**
 * `engine: webtorrent`: webtorrent picks and exchanges pieces; storage, resuming and announcing are ours, so that what
 * is promised of a transfer holds here as well. It is loaded only once it is started.
 */
export class WebTorrentSwarm implements Swarm {
  readonly name = 'swarm'
  readonly #options: WebTorrentSwarmOptions
  readonly #dependencies: SwarmDependencies
  readonly #peerId: PeerId
  readonly #cache = new ChunkCache(cacheBytes)
  readonly #transfers = new Map<InfoHash, WebTorrentTransfer>()
  #client: WebTorrent | undefined
  #limits: BandwidthLimits

  constructor(options: WebTorrentSwarmOptions, dependencies: SwarmDependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#limits = options.bandwidth ?? {}
    this.#peerId = createPeerId(options.peerIdPrefix, dependencies.random)
  }

  get port(): number {
    return this.#client?.torrentPort ?? this.#options.listen.port
  }

  get transfers(): readonly Transfer[] {
    return [...this.#transfers.values()]
  }

  /** @throws {RookeryError} PORT_IN_USE. */
  async start(): Promise<void> {
    const { listen, maxPeersPerTorrent, network = {} } = this.#options
    const { logger } = this.#dependencies
    const { default: Client } = await import('webtorrent')
    const transfers = this.#transfers
    class PatientClient extends Client {
      /** A peer that dials while the files are verified waits: refused, it would come back only after a second. */
      override async get(infoHash: string) {
        await transfers.get(infoHash as InfoHash)?.joined
        return super.get(infoHash)
      }
    }
    const client = new PatientClient({
      peerId: this.#peerId,
      torrentPort: listen,
      ...(maxPeersPerTorrent === undefined ? {} : { maxConns: maxPeersPerTorrent }),
      utp: network.utp ?? false,
      dht: dhtOptions(network),
      natUpnp: network.natTraversal ?? false,
      natPmp: network.natTraversal ?? false,
      utPex: network.peerExchange ?? false,
      // Announcing is ours. It would tell the local network of private torrents, too, which BEP 27 forbids.
      tracker: false,
      lsd: false,
      // A peer that does not know the obfuscated handshake would be dialled with it again and again.
      secure: 0,
    })
    await new Promise<void>((resolve, reject) => {
      client.once('listening', resolve)
      client.once('error', (error) => reject(listenError(error, listen)))
    })
    client.on('error', (error) => logger.error({ reason: errorMessage(error) }, 'webtorrent failed'))
    if (network.utp && !Client.UTP_SUPPORT) logger.warn('uTP is not to be had on this machine; peers are met over TCP')
    this.#client = client
    this.setLimits(this.#limits)
    logger.info({ host: listen.host, port: this.port, engine: 'webtorrent' }, 'swarm listening')
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#transfers.values()].map((transfer) => transfer.stop()))
    this.#transfers.clear()
    const client = this.#client
    this.#client = undefined
    if (client && !client.destroyed) await new Promise<void>((resolve) => client.destroy(() => resolve()))
  }

  setLimits(limits: BandwidthLimits): void {
    this.#limits = limits
    this.#client?.throttleUpload(limits.uploadBytesPerSecond ?? noLimit)
    this.#client?.throttleDownload(limits.downloadBytesPerSecond ?? noLimit)
  }

  add(options: AddOptions): Transfer {
    const { infoHash } = options.metainfo
    checkAuthority(options.metainfo, undefined)
    const existing = this.#transfers.get(infoHash)
    if (existing && !existing.isOver)
      throw new RookeryError('CONFLICT', `the torrent ${infoHash} is in this session already`)
    if (!this.#client) throw new RookeryError('UNAVAILABLE', 'the swarm is not started')
    const transfer = new WebTorrentTransfer(
      { ...options, peerId: this.#peerId, port: this.port, clientName: `Rookery ${rookeryVersion}` },
      { ...this.#dependencies, cache: this.#cache, client: this.#client },
    )
    this.#transfers.set(infoHash, transfer)
    return transfer
  }
}

function dhtOptions({ dht, dhtBootstrap = [] }: Partial<NetworkConfig>) {
  if (!dht) return false
  return dhtBootstrap.length > 0 ? { bootstrap: dhtBootstrap } : {}
}

function listenError(error: Error | string, { host, port }: WebTorrentSwarmOptions['listen']): unknown {
  if (systemErrorCode(error) !== 'EADDRINUSE') return error
  return new RookeryError('PORT_IN_USE', `port ${port} on ${host} is in use by another process; choose another`, {
    cause: error,
  })
}
