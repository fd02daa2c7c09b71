import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { RookeryError } from '../../runtime/errors.ts'
import type { HttpServer } from '../../runtime/http-server.ts'
import type { Authentication } from './authentication.ts'
import { limitCalls } from './call-limits.ts'
import type { CallLimits } from './config.ts'
import { refuseForeignPages } from './foreign-pages.ts'
import type { OpenStreams } from './open-streams.ts'
import { checkRoutes, requireApps, requireRole } from './route-access.ts'

interface Options {
  readonly limits: CallLimits
  /** Host names beside loopback ones under which this coordinator is known. */
  readonly ownNames: readonly string[]
}

interface Dependencies {
  readonly authentication: Authentication
  readonly streams: OpenStreams
}

/** Stands before every route: who calls, how often, and whether they may. */
export class AccessGuard {
  readonly #options: Options
  readonly #dependencies: Dependencies
  #countFailure: Awaited<ReturnType<typeof limitCalls>> = async () => undefined

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** The server's `authenticate`: for every route that is not open. */
  readonly authenticate = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // Where there is no route, and no page either, there is nothing to ask a token for.
    if (request.is404 && !request.url.startsWith('/api/')) return
    const { authentication } = this.#dependencies
    refuseForeignPages(request.headers, { isOpen: authentication.isOpen, ownNames: this.#options.ownNames })
    try {
      request.principal = await authentication.identify(request.headers.authorization)
    } catch (error) {
      const isRefusal = error instanceof RookeryError && !error.kind.retryable
      throw (isRefusal && (await this.#countFailure(request, reply))) || error
    }
    requireRole(request.principal, request.routeOptions.config?.access)
  }

  /** Puts the rest of it on the server, before its routes. */
  async register(server: HttpServer): Promise<void> {
    const { authentication, streams } = this.#dependencies
    const routes: RouteOptions[] = []
    server.decorateRequest('principal', undefined)
    server.addHook('onRoute', (route) => void routes.push(route))
    server.addHook('onReady', async () => checkRoutes(routes))
    // On this machine alone, and everybody is the same principal: a limit would only get in the way of trials.
    if (!authentication.isOpen) this.#countFailure = await limitCalls(server, this.#options.limits)
    server.addHook('preHandler', async (request, reply) => {
      const { principal, routeOptions } = request
      if (!principal) return
      await requireApps(principal, routeOptions.config.access, request)
      if (routeOptions.config.isStream && !authentication.isOpen) streams.add(principal, reply.raw)
    })
  }
}
