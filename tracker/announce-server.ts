import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import bencode from 'bencode'
import TrackerServer from 'bittorrent-tracker/server'
import { RookeryError, systemErrorCode } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'

interface AnnounceOptions {
  readonly host: string
  readonly httpPort: number
  readonly udpPort: number
  readonly intervalMs: number
  readonly maxPeersPerAnnounce: number
  readonly maxPeersPerSwarm: number
}

interface Dependencies {
  readonly isAdmitted: (infoHash: string) => boolean
  readonly onAnnounce: (protocol: string, event: string) => void
  readonly onRefused: (protocol: string) => void
  readonly logger: Logger
}

export interface SwarmCounts {
  readonly seeders: number
  readonly leechers: number
}

/** A peer that missed so many announces is no longer handed out. */
const missedAnnounces = 3
const events = ['start', 'complete', 'update', 'stop'] as const

/** What peers talk to: announces and scrapes over HTTP (BEP 3, 23, 48) and UDP (BEP 15), for admitted info hashes only. */
export class AnnounceServer implements Component {
  readonly name = 'announce'
  readonly #options: AnnounceOptions
  readonly #dependencies: Dependencies
  readonly #tracker: TrackerServer
  readonly #http: HttpServer
  readonly #udp: Socket

  constructor(options: AnnounceOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
    this.#tracker = new TrackerServer({
      // The sockets are ours: its own UDP server binds IPv6 to an IPv4 address and fails.
      ...{ http: false, udp: false, ws: false, stats: false },
      interval: options.intervalMs,
      peersCacheLength: options.maxPeersPerSwarm,
      peersCacheTtl: options.intervalMs * missedAnnounces,
      filter: (infoHash, params, done) => {
        if (!dependencies.isAdmitted(infoHash)) {
          dependencies.onRefused(params.type)
          return done(new Error('this tracker does not serve this info hash'))
        }
        params.numwant = Math.min(params.numwant, options.maxPeersPerAnnounce)
        done(null)
      },
    })
    for (const event of events) {
      this.#tracker.on(event, (_address: string, params: { type: string }) =>
        dependencies.onAnnounce(params.type, event),
      )
    }
    this.#tracker.on('warning', (error) => dependencies.logger.debug({ error }, 'announce refused'))
    this.#http = createServer((request, response) => this.#onHttp(request, response))
    this.#udp = createSocket(options.host.includes(':') ? 'udp6' : 'udp4')
    this.#udp.on('message', (message, remote) => this.#tracker.onUdpRequest(message, remote))
  }

  async start(): Promise<void> {
    const { host, httpPort, udpPort } = this.#options
    try {
      this.#http.listen(httpPort, host)
      await once(this.#http, 'listening')
      this.#udp.bind(udpPort, host)
      await once(this.#udp, 'listening')
    } catch (error) {
      if (systemErrorCode(error) !== 'EADDRINUSE') throw error
      throw new RookeryError(
        'PORT_IN_USE',
        `port ${httpPort} (HTTP) or ${udpPort} (UDP) on ${host} is in use by another process; choose another`,
        { cause: error },
      )
    }
    this.#udp.on('error', (error) => this.#dependencies.logger.error({ error }, 'UDP socket failed'))
    this.#tracker.udp4 = this.#udp
    this.#dependencies.logger.info({ host, httpPort: this.httpPort, udpPort: this.udpPort }, 'announces are taken')
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#tracker.close(() => resolve()))
    this.#http.closeAllConnections()
    await new Promise<void>((resolve) => (this.#http.listening ? this.#http.close(() => resolve()) : resolve()))
  }

  get httpPort(): number {
    return (this.#http.address() as { port: number }).port
  }

  get udpPort(): number {
    return this.#udp.address().port
  }

  counts(infoHash: string): SwarmCounts {
    const swarm = this.#tracker.torrents[infoHash]
    // Asking for a peer drops those whose time is over; without it the counts would keep them until the next announce.
    for (const key of [...(swarm?.peers.keys ?? [])]) swarm!.peers.peek(key)
    return { seeders: swarm?.complete ?? 0, leechers: swarm?.incomplete ?? 0 }
  }

  forget(infoHash: string): void {
    delete this.#tracker.torrents[infoHash]
  }

  #onHttp(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://tracker')
    if (request.method !== 'GET' || !/^\/(announce|scrape)$/.test(pathname)) return void response.writeHead(404).end()
    // Without an info hash a scrape would list all that is served.
    if (pathname === '/scrape' && !searchParams.has('info_hash')) {
      return void response.end(bencode.encode({ 'failure reason': 'info_hash is required' }))
    }
    this.#tracker.onHttpRequest(request, response)
  }
}
