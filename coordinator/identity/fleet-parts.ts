import type { Server as TlsServer } from 'node:https'
import type { Registry } from 'prom-client'
import type { Clock } from '../../runtime/clock.ts'
import type { ListenAddress } from '../../runtime/http-server.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { peerIdentity, verifiedCertificate } from '../../trust/admitted-sockets.ts'
import { tlsComponent } from '../../trust/control-access.ts'
import type { ArtifactParts } from '../api/artifact-download.ts'
import type { SessionAdmission } from '../session/session-server.ts'
import { createFleetServer, type TrustAction } from './fleet-server.ts'
import type { IdentityParts } from './identity-parts.ts'

interface Dependencies {
  readonly identity: IdentityParts
  readonly artifacts: ArtifactParts
  readonly record: (action: TrustAction) => Promise<void>
  readonly metrics: Registry
  readonly clock: Clock
  readonly logger: Logger
  readonly notReady: () => string | undefined
}

/** The port of hosts and services, with what the session server needs of it. */
export interface FleetPort {
  readonly server: TlsServer
  readonly component: Component
  readonly admission: SessionAdmission
  /** Known once it listens. */
  readonly url: () => string
}

export function composeFleetPort(listen: ListenAddress, dependencies: Dependencies): FleetPort {
  const { identity, clock, logger } = dependencies
  const { tls, enrolments, certificates } = identity
  const fastify = createFleetServer(listen, { ...dependencies, identity: tls, enrolments })
  const server = fastify.server as unknown as TlsServer
  return {
    server,
    component: {
      ...tlsComponent(fastify, listen, tls, { clock, logger }),
      name: 'fleet port',
    },
    admission: {
      hostOf: ({ socket }) => {
        const peer = peerIdentity(socket, tls)
        return peer?.kind === 'host' ? peer.name : undefined
      },
      check: async (hello, { socket }) => {
        const certificate = verifiedCertificate(socket)
        // One of an authority outside is met here first, and must be known to be revoked.
        if (certificate) await certificates.seen({ kind: 'host', name: hello.host }, certificate)
        await enrolments.requirePools(hello.host, hello.pools)
      },
    },
    url: () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : listen.port
      return `https://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`
    },
  }
}
