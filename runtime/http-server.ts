import { timingSafeEqual } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { Server as TlsServer, type ServerOptions as TlsServerOptions } from 'node:https'
import { isIPv4 } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import type { Registry } from 'prom-client'
import type { TSchema } from 'typebox'
import { type ErrorCode, type Issue, RookeryError, toRookeryError } from './errors.ts'
import { createListener } from './http-listener.ts'
import type { Component } from './lifecycle.ts'
import type { Logger } from './logger.ts'
import { schemaIssues } from './yaml-document.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without asking who calls. */
    isOpen?: boolean
  }
  interface FastifyReply {
    /** The code of the problem that is answered; undefined while all is well. */
    problemCode: ErrorCode | undefined
  }
}

/** Finds out who calls, before a byte of the body is read; throws UNAUTHORIZED where nobody may. */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

interface HttpServerOptions {
  readonly listen: ListenAddress
  /** Asked at every route that is not open, and where there is no route; without it only loopback addresses are served. */
  readonly authenticate?: Authenticate
  readonly bodyLimitBytes?: number
  readonly maxConnections?: number
  /** HTTPS with these; plain HTTP without. */
  readonly tls?: TlsServerOptions
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
/** No route of ours needs more; what is longer was made to be parsed at our cost. */
const maxUrlLength = 4096
const defaultMaxConnections = 1_000
/** What we answer is data: it is not stored, and nothing in it is a page, a script or a frame to anybody. */
const dataHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
const healthRoute = { schema: { hide: true } as object, config: { isOpen: true } }

/** The HTTP server all four services share: who may call, limits, health, readiness, metrics, and errors as problem details. */
export function createHttpServer(options: HttpServerOptions, dependencies: HttpServerDependencies) {
  requireAuthenticationOffLoopback(options)
  const { maxConnections = defaultMaxConnections, tls } = options
  const server = fastify({
    loggerInstance: dependencies.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    forceCloseConnections: true,
    serverFactory: (handler) => createListener(handler, { maxConnections, tls }),
  })
    .setValidatorCompiler(({ schema, httpPart }) => requestValidator(schema as TSchema, httpPart ?? 'body'))
    .withTypeProvider<TypeBoxTypeProvider>()

  server.setErrorHandler((thrown, _request, reply) => sendProblem(reply, requestError(thrown)))
  server.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new RookeryError('NOT_FOUND', `no route ${request.method} ${request.url.split('?')[0]}`)),
  )
  server.decorateReply('problemCode', undefined)
  server.addHook('onRequest', async (request, reply) => {
    // On the raw response, so that hijacked answers (streams, downloads) bear them too.
    for (const [name, value] of Object.entries(dataHeaders)) reply.raw.setHeader(name, value)
    if (request.url.length > maxUrlLength)
      throw new RookeryError('REQUEST_INVALID', `the URL is longer than ${maxUrlLength} characters`)
    if (request.routeOptions.config?.isOpen !== true) await options.authenticate?.(request, reply)
  })
  server.get('/healthz', healthRoute, async () => ({ status: 'ok' }))
  server.get('/readyz', healthRoute, async (_request, reply) => {
    const reason = dependencies.notReady()
    if (reason !== undefined) return sendProblem(reply, new RookeryError('UNAVAILABLE', reason))
    return { status: 'ready' }
  })
  server.get('/metrics', healthRoute, async (_request, reply) => {
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
    const url = await server.listen({ host: listen.host, port: listen.port })
    // Fastify does not know that the listener is one of HTTPS.
    return server.server instanceof TlsServer ? url.replace(/^http:/, 'https:') : url
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

/** Asks for one shared token; undefined for none. */
export function sharedToken(token: string | undefined): Authenticate | undefined {
  if (token === undefined) return undefined
  return ({ headers }) => {
    if (bearsToken(headers.authorization, token)) return
    throw new RookeryError(
      'UNAUTHORIZED',
      'this call needs a bearer token: set ROOKERY_TOKEN or pass Authorization: Bearer …',
    )
  }
}

/** Whether an Authorization header carries the token; the comparison's time tells nothing about it. */
export function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization?.replace(/^Bearer /i, '') ?? '')
  const expected = Buffer.from(token)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Names that begin like a loopback address (`127.example.org`) are anybody's. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function requireAuthenticationOffLoopback({ authenticate, listen }: HttpServerOptions): void {
  if (authenticate !== undefined || isLoopback(listen.host)) return
  throw new RookeryError(
    'CONFIG_INVALID',
    `listening on ${listen.host} needs a token: without one, only loopback addresses are served`,
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
  return reply.send(problemAnswer(reply, error))
}

/** Makes the reply one of a problem; returns the payload to send, which a hook that is asked for another may return. */
export function problemAnswer(reply: FastifyReply, error: RookeryError): string {
  if (error.code === 'INTERNAL') reply.log.error({ error }, 'request failed')
  reply.problemCode = error.code
  const challenge = challengeOf(error.code, reply.request.headers.authorization !== undefined)
  if (challenge === undefined) reply.removeHeader('www-authenticate')
  else reply.header('www-authenticate', challenge)
  reply.status(error.kind.status).type(problemMediaType)
  return JSON.stringify(toProblem(error))
}

/** RFC 6750, section 3. */
function challengeOf(code: ErrorCode, hasCredentials: boolean): string | undefined {
  if (code === 'FORBIDDEN') return 'Bearer realm="rookery", error="insufficient_scope"'
  if (code !== 'UNAUTHORIZED') return undefined
  return hasCredentials ? 'Bearer realm="rookery", error="invalid_token"' : 'Bearer realm="rookery"'
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
