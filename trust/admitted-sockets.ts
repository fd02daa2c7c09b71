import type { X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock, Timer } from '../runtime/clock.ts'
import { type Identity, identityOf } from './identity.ts'
import type { TlsIdentity } from './tls-identity.ts'

/** Certificates expire by themselves, and nobody tells. */
const expiryLookMs = 30_000

/** Keeps a TLS server's certificate up to date, and ends connections whose certificate counts no more. */
export class AdmittedSockets {
  readonly #identity: TlsIdentity
  readonly #server: Server
  readonly #sockets = new Set<TLSSocket>()
  readonly #unsubscribe: () => void
  readonly #timer: Timer

  constructor(server: Server, identity: TlsIdentity, clock: Clock) {
    this.#server = server
    this.#identity = identity
    server.on('secureConnection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#unsubscribe = identity.onChange(() => this.#changed())
    this.#timer = clock.every(expiryLookMs, () => this.#look())
  }

  stop(): void {
    this.#unsubscribe()
    this.#timer.cancel()
  }

  #changed(): void {
    this.#server.setSecureContext(serverContext(this.#identity))
    this.#look()
  }

  #look(): void {
    for (const socket of this.#sockets) {
      const certificate = verifiedCertificate(socket)
      if (certificate && this.#identity.refuse(certificate) !== undefined) socket.destroy()
    }
  }
}

/** Options of a server that takes certificates; those without one are let in as nobody. */
export function serverContext(identity: TlsIdentity) {
  return { ...identity.secureContext, requestCert: true, rejectUnauthorized: false }
}

/** Who is at the other end; undefined for one who showed no certificate of this fleet that counts. */
export function peerIdentity(socket: Socket, identity: TlsIdentity): Identity | undefined {
  const certificate = verifiedCertificate(socket)
  if (!certificate || identity.refuse(certificate) !== undefined) return undefined
  return identityOf(certificate)
}

/** What the other end has shown, where an authority of the fleet has signed it. */
export function verifiedCertificate(socket: Socket): X509Certificate | undefined {
  return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
}
