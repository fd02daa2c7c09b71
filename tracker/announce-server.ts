import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import { TLSSocket } from 'node:tls'
import bencode from 'bencode'
import TrackerServer from 'bittorrent-tracker/server'
import { systemClock } from '../runtime/clock.ts'
import { RookeryError, systemErrorCode } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { contextOptions, ServerDoor, type SwarmTls } from '../swarm/index.ts'
import { announceDoor } from './announce-door.ts'

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
  /** With it only peers with a certificate that counts are answered, over HTTPS alone: a datagram shows none. */
  readonly tls?: SwarmTls
}

export interface SwarmCounts {
  readonly seeders: number
  readonly leechers: number
}

/** A peer that missed so many announces is no longer handed out. */
const missedAnnounces = 3
/** Announces are a few hundred bytes in one packet; who takes longer to send one has no need of us. */
const httpLimits = { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 }
/** Then it connects anew, and its certificate is verified anew. */
const maxRequestsPerSocket = 100
const handshakeTimeoutMs = 10_000
/** Bytes of a UDP announce in which a peer may name another address than its own (BEP 15). */
const udpAnnounce = { action: 1, actionAt: 8, addressAt: 84, bytes: 98 } as const
const events = ['start', 'complete', 'update', 'stop'] as const

/** What peers talk to: announces and scrapes over HTTP (BEP 3, 23, 48) and UDP (BEP 15), for admitted info hashes only. */
export class AnnounceServer implements Component {
  readonly name = 'announce'
  readonly #options: AnnounceOptions
  readonly #dependencies: Dependencies
  readonly #tracker: TrackerServer
  readonly #http: HttpServer | HttpsServer
  readonly #udp: Socket | undefined
  readonly #door: ServerDoor
  #unsubscribe = () => {}

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
    const { tls } = dependencies
    this.#http = tls ? this.#createHttps(tls) : createServer(httpLimits, (...call) => this.#onHttp(...call))
    this.#door = new ServerDoor(this.#http, announceDoor, systemClock)
    this.#http.maxRequestsPerSocket = maxRequestsPerSocket
    if (tls) return
    this.#udp = createSocket(options.host.includes(':') ? 'udp6' : 'udp4')
    this.#udp.on('message', (message, remote) => this.#tracker.onUdpRequest(withoutAddress(message), remote))
  }

  async start(): Promise<void> {
    const { host, httpPort, udpPort } = this.#options
    try {
      this.#http.listen(httpPort, host)
      await once(this.#http, 'listening')
      this.#udp?.bind(udpPort, host)
      if (this.#udp) await once(this.#udp, 'listening')
    } catch (error) {
      if (systemErrorCode(error) !== 'EADDRINUSE') throw error
      throw new RookeryError(
        'PORT_IN_USE',
        `port ${httpPort} (HTTP) or ${udpPort} (UDP) on ${host} is in use by another process; choose another`,
        { cause: error },
      )
    }
    this.#udp?.on('error', (error) => this.#dependencies.logger.error({ error }, 'UDP socket failed'))
    if (this.#udp) this.#tracker.udp4 = this.#udp
    this.#dependencies.logger.info({ host, httpPort: this.httpPort, udpPort: this.udpPort }, 'announces are taken')
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    await new Promise<void>((resolve) => this.#tracker.close(() => resolve()))
    this.#http.closeAllConnections()
    await new Promise<void>((resolve) => (this.#http.listening ? this.#http.close(() => resolve()) : resolve()))
  }

  get httpPort(): number {
    return (this.#http.address() as { port: number }).port
  }

  /** Undefined where announces come over HTTPS alone. */
  get udpPort(): number | undefined {
    return this.#udp?.address().port
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

  #createHttps(tls: SwarmTls): HttpsServer {
    const server = createHttpsServer(
      {
        ...contextOptions(tls.current),
        ...httpLimits,
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: handshakeTimeoutMs,
      },
      (request, response) => {
        // At each request: a connection may be older than what its certificate's owner is refused for.
        const refusal = refusalOf(request, tls)
        if (refusal === undefined) return this.#onHttp(request, response)
        this.#dependencies.onRefused('http')
        this.#dependencies.logger.warn({ peer: request.socket.remoteAddress, reason: refusal }, 'announce refused')
        request.socket.destroy()
      },
    )
    this.#unsubscribe = tls.onChange(() => {
      server.setSecureContext(contextOptions(tls.current))
      server.closeIdleConnections()
    })
    return server
  }

  #onHttp(request: IncomingMessage, response: ServerResponse): void {
    this.#door.introduced(request.socket)
    const url = URL.parse(request.url ?? '/', 'http://tracker')
    if (!url) return void response.writeHead(400).end()
    const { pathname, searchParams } = url
    if (request.method !== 'GET' || !/^\/(announce|scrape)$/.test(pathname)) return void response.writeHead(404).end()
    // Without an info hash a scrape would list all that is served.
    if (pathname === '/scrape' && !searchParams.has('info_hash')) {
      return void response.end(bencode.encode({ 'failure reason': 'info_hash is required' }))
    }
    this.#tracker.onHttpRequest(request, response)
  }
}

function refusalOf({ socket }: IncomingMessage, tls: SwarmTls): string | undefined {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
  return certificate ? tls.refuse(certificate) : 'it showed no certificate'
}

/** A peer is reached where it announces from: it must not name somebody else's address. */
function withoutAddress(message: Buffer): Buffer {
  const { action, actionAt, addressAt, bytes } = udpAnnounce
  if (message.length >= bytes && message.readUInt32BE(actionAt) === action) message.fill(0, addressAt, addressAt + 4)
  return message
}
