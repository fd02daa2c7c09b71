import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Random } from '../runtime/random.ts'
import type { BandwidthLimits } from './bandwidth/limits.ts'
import type { EngineConfig } from './engine-config.ts'
import { SwarmSession } from './io/swarm-session.ts'
import type { SwarmTls } from './io/swarm-tls.ts'
import type { AddOptions } from './io/torrent-transfer.ts'
import type { Transfer } from './io/transfer.ts'
import { WebTorrentSwarm } from './webtorrent/webtorrent-swarm.ts'

/** All torrents of one process behind one listening port, whichever engine exchanges the pieces. */
export interface Swarm extends Component {
  /** The port peers dial; known once it is started. */
  readonly port: number
  readonly transfers: readonly Transfer[]
  /**
   * Fetches what is missing of a torrent, then seeds it. It must be started: trackers are told its port.
   * @throws {RookeryError} CONFLICT when the torrent is here already, or is for TLS with certificates of others.
   */
  add(options: AddOptions): Transfer
  /** Replaces all caps, at once and for what is under way as well. The webtorrent engine knows none by zone. */
  setLimits(limits: BandwidthLimits): void
}

export interface SwarmOptions extends Partial<EngineConfig> {
  /** Where peers dial us; port 0 lets the system choose. */
  readonly listen: { readonly host: string; readonly port: number }
  /** First bytes of our peer id (BEP 20), e.g. `agentPeerIdPrefix`. */
  readonly peerIdPrefix: string
  readonly maxPeersPerTorrent?: number
  /** Where this host is; told to peers, so that near ones come first. The webtorrent engine tells nobody. */
  readonly zone?: string
  readonly rack?: string
  /** Caps until others are set. */
  readonly bandwidth?: BandwidthLimits
  /** With it, every connection is one of TLS 1.3 with certificates of both sides. Only our own engine speaks it. */
  readonly tls?: SwarmTls
}

export interface SwarmDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * The swarm with the engine that was asked for; our own when none was.
 * @throws {RookeryError} CONFIG_INVALID for the webtorrent engine with TLS.
 */
export function createSwarm({ engine, webtorrent, ...options }: SwarmOptions, dependencies: SwarmDependencies): Swarm {
  if (engine !== 'webtorrent') return new SwarmSession(options, dependencies)
  if (options.tls)
    throw new RookeryError(
      'CONFIG_INVALID',
      'engine: webtorrent speaks no TLS, and peers of this swarm must show certificates: use engine: rookery',
    )
  return new WebTorrentSwarm({ ...options, network: webtorrent }, dependencies)
}
