import { X509Certificate } from 'node:crypto'
import type { Socket, SocketConstructorOpts } from 'node:net'
import { connect, createSecureContext, createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { InfoHash } from '../identifiers.ts'
import type { SwarmTls } from './swarm-tls.ts'
import { contextOptions, fingerprints } from './tls-context.ts'

/** A peer whose certificate counts. */
export interface SecurePeer {
  readonly certificate: X509Certificate
  /** Fingerprints of its certificate and of those above it. */
  readonly chain: ReadonlySet<string>
}

/** @param infoHash which torrent the connection is for, by its SNI. */
type OnPeer = (socket: TLSSocket, peer: SecurePeer, infoHash: InfoHash) => void

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
  /** Whether a peer may come for this torrent. */
  readonly isHere: (infoHash: string) => boolean
}

/** Certificates expire by themselves, and nobody tells. */
const expiryLookMs = 30_000
/** For the handshake of a peer that dialled us; the one of BitTorrent has its own. */
const handshakeTimeoutMs = 10_000

/**
 * Connections between peers in TLS 1.3, both sides with certificates, as libtorrent's "SSL torrents" have it: SNI is the info hash.
 * A connection lasts only as long as its peer is let in.
 */
export class TlsTransport {
  readonly #tls: SwarmTls
  readonly #dependencies: Dependencies
  readonly #server: Server
  /** Handshakes under way, by the peer's address and port: the server does not tell which socket a secure one began as. */
  readonly #arriving = new Map<string, OnPeer>()
  readonly #open = new Map<object, { readonly peer: SecurePeer; readonly end: (reason: string) => void }>()
  readonly #unsubscribe: () => void
  readonly #timer: Timer
  #context: SecureContext
  #authorities: ReadonlySet<string>

  constructor(tls: SwarmTls, dependencies: Dependencies) {
    this.#tls = tls
    this.#dependencies = dependencies
    const options = contextOptions(tls.current)
    this.#context = createSecureContext(options)
    this.#authorities = fingerprints(tls.current.authorities)
    this.#server = createServer({
      ...options,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
      SNICallback: (name, done) => done(dependencies.isHere(name.toLowerCase()) ? null : new Error('no such torrent')),
    })
    this.#server.on('secureConnection', (socket) => this.#onSecure(socket))
    this.#server.on('tlsClientError', (error, socket) => this.#turnAway(socket, errorMessage(error)))
    this.#unsubscribe = tls.onChange(() => this.#changed())
    this.#timer = dependencies.clock.every(expiryLookMs, () => this.#look())
  }

  /** Whether this is one of those whose certificates we take. @param fingerprint SHA-256, as X509Certificate has it. */
  trusts(fingerprint: string): boolean {
    return this.#authorities.has(fingerprint)
  }

  /** Nothing may be written before `secureConnect`, when `identify` tells whom it has reached. */
  dial(
    { host, port }: { host: string; port: number },
    infoHash: InfoHash,
    onread: NonNullable<SocketConstructorOpts['onread']>,
  ): TLSSocket {
    return connect({
      host,
      port,
      // Node takes it, its types do not know.
      ...{ onread },
      servername: infoHash,
      secureContext: this.#context,
      rejectUnauthorized: true,
      // Certificates name hosts, while SNI names a torrent: `identify` looks at them.
      checkServerIdentity: () => undefined,
    })
  }

  /** Somebody dialled us. `onPeer` follows when it may come in, else the socket is closed. */
  accept(socket: Socket, onPeer: OnPeer): void {
    const key = endpoint(socket)
    this.#arriving.set(key, onPeer)
    socket.once('close', () => {
      if (this.#arriving.get(key) === onPeer) this.#arriving.delete(key)
    })
    this.#server.emit('connection', socket)
  }

  /** The peer of a secure connection, or why it is not let in. */
  identify(socket: TLSSocket): SecurePeer | string {
    const { raw } = socket.getPeerCertificate()
    if (!raw) return 'showed no certificate'
    const peer = { certificate: new X509Certificate(raw), chain: chainOf(socket) }
    return this.#refusal(peer) ?? peer
  }

  /** From now on the connection is ended when its peer is no longer let in. */
  watch(connection: object, peer: SecurePeer, end: (reason: string) => void): void {
    this.#open.set(connection, { peer, end })
  }

  forget(connection: object): void {
    this.#open.delete(connection)
  }

  stop(): void {
    this.#unsubscribe()
    this.#timer.cancel()
  }

  #onSecure(socket: TLSSocket): void {
    const key = endpoint(socket)
    const onPeer = this.#arriving.get(key)
    this.#arriving.delete(key)
    const peer = this.identify(socket)
    if (typeof peer === 'string') return this.#turnAway(socket, peer)
    const name = String(socket.servername || '').toLowerCase()
    if (!this.#dependencies.isHere(name)) return this.#turnAway(socket, 'wants a torrent that is not here')
    onPeer?.(socket, peer, name as InfoHash)
  }

  #turnAway(socket: TLSSocket, reason: string): void {
    this.#dependencies.logger.debug({ peer: socket.remoteAddress, reason }, 'peer turned away')
    socket.destroy()
  }

  #changed(): void {
    const { current } = this.#tls
    const options = contextOptions(current)
    this.#context = createSecureContext(options)
    this.#authorities = fingerprints(current.authorities)
    this.#server.setSecureContext(options)
    this.#look()
  }

  #look(): void {
    for (const { peer, end } of [...this.#open.values()]) {
      const reason = this.#refusal(peer)
      if (reason !== undefined) end(reason)
    }
  }

  #refusal({ certificate, chain }: SecurePeer): string | undefined {
    if (this.#dependencies.clock.now() > certificate.validToDate.getTime()) return 'its certificate has expired'
    if (![...chain].some((one) => this.#authorities.has(one))) return 'its certificate is of none of our authorities'
    return this.#tls.refuse(certificate)
  }
}

function endpoint({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Fingerprints from the certificate upwards, as far as each is signed by the next. */
function chainOf(socket: TLSSocket): ReadonlySet<string> {
  const chain = new Set<string>()
  let below: X509Certificate | undefined
  for (let one = socket.getPeerCertificate(true); one?.raw; one = one.issuerCertificate) {
    const certificate = new X509Certificate(one.raw)
    // The one at the top is its own issuer.
    if (chain.has(certificate.fingerprint256) || (below && !below.verify(certificate.publicKey))) break
    chain.add(certificate.fingerprint256)
    below = certificate
  }
  return chain
}
