import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import { Type } from 'typebox'
import { ReleaseIdPattern } from '../../proto/release-manifest.ts'
import { RookeryError, toRookeryError } from '../../runtime/errors.ts'
import { createHttpServer, type HttpServer, type ListenAddress } from '../../runtime/http-server.ts'
import type { Logger } from '../../runtime/logger.ts'
import { serverContext, verifiedCertificate } from '../../trust/admitted-sockets.ts'
import { requirePeer } from '../../trust/control-access.ts'
import { Enrolment, EnrolRequest, enrolPath, RenewRequest, renewPath, trustPath } from '../../trust/enrolment.ts'
import { type Identity, identityName } from '../../trust/identity.ts'
import type { TlsIdentity } from '../../trust/tls-identity.ts'
import { TrustBundle } from '../../trust/trust-bundle.ts'
import { type Count, countIn } from '../access/call-limits.ts'
import { type ArtifactParts, sendReleaseArtifact } from '../api/artifact-download.ts'
import type { Enrolments } from './enrolments.ts'

/** One thing that somebody did or tried to, for the audit log. */
export interface TrustAction {
  readonly principal: string
  readonly action: string
  readonly target: string
  readonly from: string
  /** `ok`, or the code of the error. */
  readonly result: string
}

interface Dependencies {
  readonly enrolments: Enrolments
  readonly identity: TlsIdentity
  readonly artifacts: ArtifactParts
  readonly record: (action: TrustAction) => Promise<void>
  /** Whoever is at the other end has a certificate of the fleet. */
  readonly onKnown: (socket: Socket) => void
  readonly metrics: Registry
  readonly logger: Logger
  readonly notReady: () => string | undefined
}

const ReleaseParams = Type.Object({ id: Type.String({ pattern: ReleaseIdPattern }) })
/** A signing request and a token; nothing larger comes here. */
const bodyLimitBytes = 64 * 1024
const maxConnections = 50_000
/** Refused enrolments from one address in a minute; good ones are let in however many were refused. */
const refusalsPerMinute = 60
/** A host renews every few days. */
const renewalsPerMinute = 20

/**
 * What hosts and services reach of the coordinator: TLS 1.3, and beyond joining nothing without a certificate of the fleet.
 * The control session is put onto it by the session server.
 */
export async function createFleetServer(listen: ListenAddress, dependencies: Dependencies): Promise<HttpServer> {
  const { enrolments, identity, artifacts, record, onKnown, metrics, logger, notReady } = dependencies
  const isHost = ({ kind }: Identity) => kind === 'host'
  const isAnybody = () => true
  const server = createHttpServer(
    {
      listen,
      tls: serverContext(identity),
      authenticate: ({ raw }) => {
        requirePeer(raw.socket, identity, isAnybody)
        onKnown(raw.socket)
      },
      bodyLimitBytes,
      maxConnections,
    },
    { logger, metrics, notReady },
  )
  await server.register(rateLimit, { global: false })
  const refused = countIn(server, { max: refusalsPerMinute, of: () => 'that were refused, from this address' })
  const nameOf = ({ raw }: FastifyRequest) => identityName(requirePeer(raw.socket, identity, isAnybody))
  const renewed = countIn(server, { max: renewalsPerMinute, key: nameOf, of: nameOf })
  const open = { config: { isOpen: true } }

  // Public by nature, and what a newcomer checks against its join token before it trusts anybody.
  server.get(trustPath, { ...open, schema: { response: { 200: TrustBundle } } }, async () => enrolments.bundle)

  server.get(`${trustPath}/crl`, open, async (_request, reply) =>
    reply.type('application/x-pem-file').send(await enrolments.revocationList()),
  )

  server.post(
    enrolPath,
    { ...open, schema: { body: EnrolRequest, response: { 200: Enrolment } } },
    async (request, reply) => {
      const { body, ip } = request
      const action = {
        principal: `join-token:${body.tokenId}`,
        action: 'identity.enrol',
        target: body.identity,
        from: ip,
      }
      return recorded(action, record, async () => {
        try {
          return (await enrolments.enrol(body)).enrolment
        } catch (error) {
          throw (isRefusal(error) && (await refused(request, reply))) || error
        }
      })
    },
  )

  server.post(renewPath, { schema: { body: RenewRequest, response: { 200: Enrolment } } }, async (request, reply) => {
    const { body, ip, raw } = request
    const peer = requirePeer(raw.socket, identity, isAnybody)
    const shown = verifiedCertificate(raw.socket)!
    const principal = identityName(peer)
    const action = { principal, action: 'identity.renew', target: principal, from: ip }
    return recorded(action, record, async () => {
      await take(renewed, request, reply)
      return enrolments.renew(peer, shown, body.signingRequest)
    })
  })

  server.get('/api/v1/releases/:id/artifact', { schema: { params: ReleaseParams } }, async (request, reply) => {
    const peer = requirePeer(request.raw.socket, identity, (one) => isHost(one) || one.name === 'seeder')
    const download = { releaseId: request.params.id, capped: isHost(peer) ? ('all' as const) : ('ranges' as const) }
    return sendReleaseArtifact(request, reply, download, artifacts)
  })
  return server
}

/** Somebody was not let in; that the store was away is nobody's guess at a token. */
function isRefusal(error: unknown): boolean {
  return error instanceof RookeryError && !error.kind.retryable
}

/** @throws {RookeryError} RATE_LIMITED. */
async function take(count: Count, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const refusal = await count(request, reply)
  if (refusal) throw refusal
}

/** What came too often is not recorded one by one, or a flood of calls would be a flood of entries. */
async function recorded<T>(
  action: Omit<TrustAction, 'result'>,
  record: (action: TrustAction) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work()
    await record({ ...action, result: 'ok' })
    return result
  } catch (error) {
    const { code } = toRookeryError(error)
    if (code !== 'RATE_LIMITED') await record({ ...action, result: code })
    throw error
  }
}
