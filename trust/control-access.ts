import type { ServerOptions, Server as TlsServer } from 'node:https'
import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import { type Authenticate, type HttpServer, httpComponent, type ListenAddress } from '../runtime/http-server.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { AdmittedSockets, peerIdentity, serverContext } from './admitted-sockets.ts'
import { type Identity, identityName, isSameIdentity } from './identity.ts'
import type { ServiceIdentity } from './service-identity.ts'
import type { TlsIdentity } from './tls-identity.ts'
import { TrustBundle } from './trust-bundle.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

const coordinator: Identity = { kind: 'service', name: 'coordinator' }

/** How a service listens for its coordinator: TLS and nobody else's certificate, or, in a trial on one machine, neither. */
export function controlAccess(identity: ServiceIdentity | undefined): {
  tls?: ServerOptions
  authenticate?: Authenticate
} {
  if (!identity) return {}
  return {
    tls: serverContext(identity.tls),
    authenticate: ({ raw }) => {
      const peer = peerIdentity(raw.socket, identity.tls)
      if (!peer || !isSameIdentity(peer, coordinator)) throw notYou(peer)
    },
  }
}

/** The control API as a component. */
export function controlComponent(
  server: HttpServer,
  listen: ListenAddress,
  identity: ServiceIdentity | undefined,
  dependencies: Dependencies,
): Component {
  if (identity) return tlsComponent(server, listen, identity.tls, dependencies)
  return httpComponent(server, listen, dependencies.logger)
}

/** An HTTPS server as a component: its certificate follows the identity, and so do the connections that are open. */
export function tlsComponent(
  server: HttpServer,
  listen: ListenAddress,
  identity: TlsIdentity,
  { clock, logger }: Dependencies,
): Component {
  const http = httpComponent(server, listen, logger)
  const sockets = new AdmittedSockets(server.server as unknown as TlsServer, identity, clock)
  return {
    name: http.name,
    start: () => http.start(),
    stop: async () => {
      sockets.stop()
      await http.stop()
    },
  }
}

/** The one of these kinds that calls. @throws {RookeryError} UNAUTHORIZED. */
export function requirePeer(
  socket: Parameters<typeof peerIdentity>[0],
  identity: TlsIdentity,
  isWanted: (peer: Identity) => boolean,
): Identity {
  const peer = peerIdentity(socket, identity)
  if (peer && isWanted(peer)) return peer
  throw notYou(peer)
}

/** Where the coordinator brings each new trust bundle. */
export function trustRoutes(server: HttpServer, identity: ServiceIdentity): void {
  server.put('/v1/trust', { schema: { body: TrustBundle } }, async ({ body }) => {
    identity.takeBundle(body)
    return { version: identity.tls.bundle.version }
  })
}

function notYou(peer: Identity | undefined): RookeryError {
  const who = peer ? `this is not for ${identityName(peer)}` : 'this needs a certificate of the fleet'
  return new RookeryError('UNAUTHORIZED', who)
}
