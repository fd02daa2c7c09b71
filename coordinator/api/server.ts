import type { ServerOptions as TlsServerOptions } from 'node:https'
import swagger from '@fastify/swagger'
import type { Registry } from 'prom-client'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { createHttpServer, type HttpServer, type ListenAddress } from '../../runtime/http-server.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Access } from '../access/compose-access.ts'
import type { AppStore } from '../apps/app-store.ts'
import { auditCalls } from '../audit/audit-calls.ts'
import type { CounterStore } from '../counters/counter-store.ts'
import type { QueryParts } from '../counters/query-parts.ts'
import type { AgentOrders } from '../distribution/agent-orders.ts'
import type { LimitRules } from '../distribution/limit-rules.ts'
import type { WebSeedCap } from '../distribution/web-seed-cap.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { IdentityParts } from '../identity/identity-parts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { LockGate } from '../locks/start-gate.ts'
import type { LogReader } from '../logs/log-reader.ts'
import type { LogStore } from '../logs/log-store.ts'
import type { Reconciliation } from '../reconciliation/reconciliation.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { DesiredReleases } from '../rollout/desired-releases.ts'
import type { PhaseResults } from '../rollout/phase-results.ts'
import type { Previews } from '../rollout/previews.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import { accessRoutes } from './access.ts'
import { appRoutes } from './apps.ts'
import { auditRoutes } from './audit.ts'
import { type Chat, chatRoutes } from './chat.ts'
import { counterRoutes } from './counters.ts'
import { dashboardPages } from './dashboard-pages.ts'
import { distributionRoutes } from './distribution.ts'
import { eventRoutes } from './events.ts'
import { fleetRoutes } from './fleet.ts'
import { graphiteRoutes } from './graphite.ts'
import { hostRoutes } from './hosts.ts'
import { identityRoutes } from './identities.ts'
import { lockRoutes } from './locks.ts'
import { logRoutes } from './logs.ts'
import { releaseRoutes } from './releases.ts'
import { rolloutRoutes } from './rollouts.ts'

/** What the routes answer from. */
export interface ApiParts extends QueryParts {
  readonly apps: AppStore
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly releaseFiles: ReleaseFiles
  readonly revocations: Revocations
  /** Keys whose signatures on releases are accepted. */
  readonly publicPems: readonly string[]
  readonly rollouts: Rollouts
  readonly previews: Previews
  readonly phaseResults: PhaseResults
  readonly hosts: HostRegistry
  readonly desired: DesiredReleases
  readonly logs: LogStore
  readonly logReader: LogReader
  readonly counters: CounterStore
  readonly hub: EventHub
  readonly webSeedCap: WebSeedCap
  readonly limitRules: LimitRules
  readonly agentOrders: AgentOrders
  readonly gate: LockGate
  readonly inventory: Inventory
  readonly reconciliation: Reconciliation
  readonly chat: Chat
  readonly access: Access
  readonly clock: Clock
  /** Undefined with `access: open`. */
  readonly identity: IdentityParts | undefined
}

interface ApiOptions {
  readonly listen: ListenAddress
  /** HTTPS with these; plain HTTP without. */
  readonly tls?: TlsServerOptions
  readonly version: string
}

interface Dependencies {
  readonly parts: ApiParts
  readonly metrics: Registry
  readonly logger: Logger
  readonly notReady: () => string | undefined
}

const hidden = { schema: { hide: true } as object }
/** Browsers of all operators, and a stream for each of their tabs; hosts have a port of their own. */
const maxConnections = 4_000

/** The coordinator's HTTP server: the API under /api/v1 with its OpenAPI document, and the dashboard at /. */
export async function createApi(
  options: ApiOptions,
  { parts, metrics, logger, notReady }: Dependencies,
): Promise<HttpServer> {
  const { guard, audit } = parts.access
  const server = createHttpServer(
    { listen: options.listen, authenticate: guard.authenticate, maxConnections, tls: options.tls },
    { logger, metrics, notReady },
  )
  await guard.register(server)
  auditCalls(server, audit)
  await server.register(swagger, {
    openapi: {
      info: {
        title: 'Rookery coordinator',
        version: options.version,
        description: 'Errors are RFC 9457 problem details with a stable `code`.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
  })
  await server.register(
    async (scope) => {
      const api = scope as unknown as HttpServer
      // Until the rollouts under way are read back, an answer could be wrong and a request could overtake them.
      api.addHook('onRequest', async () => {
        const reason = notReady()
        if (reason !== undefined) throw new RookeryError('UNAVAILABLE', reason)
      })
      appRoutes(api, parts)
      releaseRoutes(api, parts)
      rolloutRoutes(api, parts)
      hostRoutes(api, parts)
      identityRoutes(api, parts)
      fleetRoutes(api, parts)
      distributionRoutes(api, parts)
      lockRoutes(api, parts)
      await chatRoutes(api, { ...parts, audit })
      logRoutes(api, parts)
      counterRoutes(api, parts)
      await graphiteRoutes(api, parts)
      eventRoutes(api, parts)
      accessRoutes(api, parts.access)
      auditRoutes(api, parts.access)
      api.get('/openapi.json', { ...hidden, config: { access: 'read' } }, async () => server.swagger())
      // Without it, what is no route of ours would be looked for among the dashboard's files.
      api.all('/*', { ...hidden, config: { access: 'read', action: null } }, (_request, reply) => reply.callNotFound())
    },
    { prefix: '/api/v1' },
  )
  await dashboardPages(server)
  return server
}
