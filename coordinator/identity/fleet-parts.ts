import type { Server as TlsServer } from 'node:https'
import type { Registry } from 'prom-client'
import type { Clock } from '../../runtime/clock.ts'
import type { ListenAddress } from '../../runtime/http-server.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type DoorwayLimits, ServerDoor } from '../../swarm/index.ts'
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

/** Newcomers have no certificate, so everybody gets as far as a request; who is known keeps his place all the same. */
const door: DoorwayLimits = {
  maxConnections: 50_000,
  // A zone behind one router, or all agents of a trial on one machine.
  maxPerAddress: 20_000,
  maxUnintroduced: 8_000,
  maxUnintroducedPerAddress: 2_000,
  // All agents of a zone, back at once after the coordinator was away.
  arrivals: { perSecond: 500, burst: 20_000 },
}

/** @throws {RookeryError} as creating a server does. */
export async function composeFleetPort(listen: ListenAddress, dependencies: Dependencies): Promise<FleetPort> {
  const { identity, clock, logger } = dependencies
  const { tls, enrolments, certificates } = identity
  const fastify = await createFleetServer(listen, {
    ...{ ...dependencies, identity: tls, enrolments },
    onKnown: (socket) => visitors.introduced(socket),
  })
  const server = fastify.server as unknown as TlsServer
  const visitors = new ServerDoor(server, door, clock)
  return {
    server,
    component: {
      ...tlsComponent(fastify, listen, tls, { clock, logger }),
      name: 'fleet port',
    },
    admission: {
      hostOf: ({ socket }) => {
        const peer = peerIdentity(socket, tls)
        if (peer) visitors.introduced(socket)
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
