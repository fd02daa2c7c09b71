import type { Registry } from 'prom-client'
import { Type } from 'typebox'
import { ReleaseIdPattern } from '../../proto/release-manifest.ts'
import { toRookeryError } from '../../runtime/errors.ts'
import { createHttpServer, type HttpServer, type ListenAddress } from '../../runtime/http-server.ts'
import type { Logger } from '../../runtime/logger.ts'
import { serverContext, verifiedCertificate } from '../../trust/admitted-sockets.ts'
import { requirePeer } from '../../trust/control-access.ts'
import { Enrolment, EnrolRequest, enrolPath, RenewRequest, renewPath, trustPath } from '../../trust/enrolment.ts'
import { type Identity, identityName } from '../../trust/identity.ts'
import type { TlsIdentity } from '../../trust/tls-identity.ts'
import { TrustBundle } from '../../trust/trust-bundle.ts'
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
  readonly metrics: Registry
  readonly logger: Logger
  readonly notReady: () => string | undefined
}

const ReleaseParams = Type.Object({ id: Type.String({ pattern: ReleaseIdPattern }) })
/** A signing request and a token; nothing larger comes here. */
const bodyLimitBytes = 64 * 1024
const maxConnections = 50_000

/**
 * What hosts and services reach of the coordinator: TLS 1.3, and beyond joining nothing without a certificate of the fleet.
 * The control session is put onto it by the session server.
 */
export function createFleetServer(listen: ListenAddress, dependencies: Dependencies): HttpServer {
  const { enrolments, identity, artifacts, record, metrics, logger, notReady } = dependencies
  const isHost = ({ kind }: Identity) => kind === 'host'
  const isAnybody = () => true
  const server = createHttpServer(
    {
      listen,
      tls: serverContext(identity),
      authenticate: ({ raw }) => void requirePeer(raw.socket, identity, isAnybody),
      bodyLimitBytes,
      maxConnections,
    },
    { logger, metrics, notReady },
  )
  const open = { config: { isOpen: true } }

  // Public by nature, and what a newcomer checks against its join token before it trusts anybody.
  server.get(trustPath, { ...open, schema: { response: { 200: TrustBundle } } }, async () => enrolments.bundle)

  server.get(`${trustPath}/crl`, open, async (_request, reply) =>
    reply.type('application/x-pem-file').send(await enrolments.revocationList()),
  )

  server.post(
    enrolPath,
    { ...open, schema: { body: EnrolRequest, response: { 200: Enrolment } } },
    async ({ body, ip }) => {
      const action = {
        principal: `join-token:${body.tokenId}`,
        action: 'identity.enrol',
        target: body.identity,
        from: ip,
      }
      return recorded(action, record, async () => (await enrolments.enrol(body)).enrolment)
    },
  )

  server.post(
    renewPath,
    { schema: { body: RenewRequest, response: { 200: Enrolment } } },
    async ({ body, ip, raw }) => {
      const peer = requirePeer(raw.socket, identity, isAnybody)
      const principal = identityName(peer)
      const action = { principal, action: 'identity.renew', target: principal, from: ip }
      return recorded(action, record, () =>
        enrolments.renew(peer, verifiedCertificate(raw.socket)!, body.signingRequest),
      )
    },
  )

  server.get('/api/v1/releases/:id/artifact', { schema: { params: ReleaseParams } }, async (request, reply) => {
    requirePeer(request.raw.socket, identity, (peer) => isHost(peer) || peer.name === 'seeder')
    return sendReleaseArtifact(request, reply, request.params.id, artifacts)
  })
  return server
}

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
    await record({ ...action, result: toRookeryError(error).code })
    throw error
  }
}
