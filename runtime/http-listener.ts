import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from 'node:https'

/** Request line and headers together: a token of an OIDC issuer is 2 to 8 KiB, and nothing of ours is longer. */
const maxHeaderBytes = 16 * 1024
/** Who has not sent all headers by then is slow on purpose; it counts from the connection, also when no byte came. */
const headersTimeoutMs = 10_000
/** For the whole request: a body of 1 MiB over a bad link. */
const requestTimeoutMs = 30_000
/** How often the two above are looked at. */
const checkEveryMs = 2_000
/** Longer than a load balancer's, so that it never sends into a connection that we close. */
const keepAliveMs = 65_000
/** Half a TLS handshake holds a socket, too. */
const handshakeTimeoutMs = 10_000

interface ListenerOptions {
  /** Beyond it, a connection is closed as it comes. */
  readonly maxConnections: number
  /** HTTPS with these; plain HTTP without. */
  readonly tls?: TlsServerOptions
}

/** The server that Fastify's handler stands behind: nobody holds a socket for long without asking something. */
export function createListener(handler: RequestListener, { maxConnections, tls }: ListenerOptions): Server {
  const limits: ServerOptions = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: keepAliveMs,
  }
  const server = tls
    ? createTlsServer({ handshakeTimeout: handshakeTimeoutMs, ...tls, ...limits }, handler)
    : createServer(limits, handler)
  server.maxConnections = maxConnections
  return server
}
