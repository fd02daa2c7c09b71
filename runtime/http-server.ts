import { timingSafeEqual } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { Registry } from 'prom-client'
import type { TSchema } from 'typebox'
import { type Issue, RookeryError, toRookeryError } from './errors.ts'
import type { Component } from './lifecycle.ts'
import type { Logger } from './logger.ts'
import { schemaIssues } from './yaml-document.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

interface HttpServerOptions {
  readonly listen: ListenAddress
  /** Bearer token that every route outside /healthz, /readyz and /metrics asks for; none is allowed on loopback only. */
  readonly token?: string
  /** Paths beside health and metrics that need no token. */
  readonly isOpen?: (path: string) => boolean
  readonly bodyLimitBytes?: number
}

interface HttpServerDependencies {
  readonly logger: Logger
  readonly metrics: Registry
  /** What /readyz answers: undefined when ready, else the reason why not. */
  readonly notReady: () => string | undefined
}

/** RFC 9457 problem details; `code` is stable and listed in docs/errors.md. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly retryable: boolean
  readonly issues?: readonly Issue[]
}

const problemMediaType = 'application/problem+json'
const openPaths = new Set(['/healthz', '/readyz', '/metrics'])

/** The HTTP server all four services share: health, readiness, metrics, bearer token, and errors as problem details. */
export function createHttpServer(options: HttpServerOptions, dependencies: HttpServerDependencies) {
  requireTokenOffLoopback(options)
  const server = fastify({
    loggerInstance: dependencies.logger as FastifyBaseLogger,
    disableRequestLogging: true,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    forceCloseConnections: true,
  })
    .setValidatorCompiler(({ schema, httpPart }) => requestValidator(schema as TSchema, httpPart ?? 'body'))
    .withTypeProvider<TypeBoxTypeProvider>()

  server.setErrorHandler((thrown, _request, reply) => sendProblem(reply, requestError(thrown)))
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new RookeryError('NOT_FOUND', `no route ${request.method} ${request.url.split('?')[0]}`)),
  )
  server.addHook('onRequest', async (request) => {
    const path = request.url.split('?')[0]!
    if (options.token === undefined || openPaths.has(path) || options.isOpen?.(path)) return
    if (!bearsToken(request.headers.authorization, options.token)) {
      throw new RookeryError(
        'UNAUTHORIZED',
        'this call needs a bearer token: set ROOKERY_TOKEN or pass Authorization: Bearer …',
      )
    }
  })
  server.get('/healthz', { schema: { hide: true } as object }, async () => ({ status: 'ok' }))
  server.get('/readyz', { schema: { hide: true } as object }, async (_request, reply) => {
    const reason = dependencies.notReady()
    if (reason !== undefined) return sendProblem(reply, new RookeryError('UNAVAILABLE', reason))
    return { status: 'ready' }
  })
  server.get('/metrics', { schema: { hide: true } as object }, async (_request, reply) => {
    reply.type(dependencies.metrics.contentType)
    return dependencies.metrics.metrics()
  })
  return server
}

export type HttpServer = ReturnType<typeof createHttpServer>

/** The server as a component of a service's lifecycle. */
export function httpComponent(server: FastifyInstance | HttpServer, listen: ListenAddress, logger: Logger): Component {
  return {
    name: 'http',
    start: async () => {
      const url = await listenOn(server as FastifyInstance, listen)
      logger.info({ url }, 'http listening')
    },
    stop: () => (server as FastifyInstance).close(),
  }
}

async function listenOn(server: FastifyInstance, listen: ListenAddress): Promise<string> {
  try {
    return await server.listen({ host: listen.host, port: listen.port })
  } catch (thrown) {
    const error = toRookeryError(thrown)
    if (error.code !== 'PORT_IN_USE') throw error
    throw new RookeryError(
      'PORT_IN_USE',
      `port ${listen.port} on ${listen.host} is in use by another process; choose another`,
      { cause: thrown },
    )
  }
}

/** Whether an Authorization header carries the token; the comparison's time tells nothing about it. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization?.replace(/^Bearer /i, '') ?? '')
  const expected = Buffer.from(token)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function requireTokenOffLoopback(options: HttpServerOptions): void {
  if (options.token !== undefined || isLoopback(options.listen.host)) return
  throw new RookeryError(
    'CONFIG_INVALID',
    `listening on ${options.listen.host} needs a token: without one, only loopback addresses are served`,
  )
}

export function toProblem(error: RookeryError): Problem {
  const { status, retryable } = error.kind
  return {
    type: `https://rookery.invalid/problems/${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.code === 'INTERNAL' ? 'an internal error; the log of the service has the cause' : error.message,
    code: error.code,
    retryable,
    ...(error.issues.length > 0 ? { issues: error.issues } : {}),
  }
}

function sendProblem(reply: FastifyReply, error: RookeryError): FastifyReply {
  if (error.code === 'INTERNAL') reply.log.error({ error }, 'request failed')
  return reply.status(error.kind.status).type(problemMediaType).send(toProblem(error))
}

/** Bodies must have the types of their schema; parameters and queries are text and are coerced. Unknown keys are refused. */
function requestValidator(schema: TSchema, part: string) {
  return (value: unknown) => {
    const issues = schemaIssues(value, schema, { coerce: part !== 'body' }).map(({ path, message }) => {
      return { field: [part, ...path].join('.'), message }
    })
    if (issues.length === 0) return { value }
    const text = issues.map((issue) => `${issue.field}: ${issue.message}`).join('; ')
    return { error: new RookeryError('REQUEST_INVALID', text, { issues }) }
  }
}

/** What Fastify throws at a request that it refuses, in our words. */
function requestError(thrown: unknown): RookeryError {
  if (thrown instanceof RookeryError) return thrown
  const { statusCode, message } = thrown as { statusCode?: number; message?: string }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new RookeryError('REQUEST_INVALID', message ?? 'the request is not understood')
  }
  return toRookeryError(thrown)
}
