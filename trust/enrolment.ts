import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import { serverCheck } from './admission.ts'
import { httpsJson } from './https-json.ts'
import { type Identity, identityUri } from './identity.ts'
import type { JoinToken } from './join-token.ts'
import { createSigningRequest } from './signing-request.ts'
import { type Credentials, checkCredentials, type TlsIdentity } from './tls-identity.ts'
import { certificateFingerprint, checkedBundle, TrustBundle } from './trust-bundle.ts'

const strict = { additionalProperties: false } as const
const SigningRequestText = Type.String({ maxLength: 16_384, pattern: '^-----BEGIN CERTIFICATE REQUEST-----' })

/** Body of `POST /api/v1/enrol`. */
export const EnrolRequest = Type.Object(
  {
    tokenId: Type.String({ maxLength: 32 }),
    secret: Type.String({ maxLength: 64 }),
    identity: Type.String({ maxLength: 512, description: 'SPIFFE ID the certificate is wanted for' }),
    signingRequest: SigningRequestText,
  },
  strict,
)
export type EnrolRequest = Static<typeof EnrolRequest>

/** Body of `POST /api/v1/renew`; who asks is in the certificate of the connection. */
export const RenewRequest = Type.Object({ signingRequest: SigningRequestText }, strict)

/** Answer to both. */
export const Enrolment = Type.Object(
  {
    certificate: Type.String({ description: 'PEM, the chain, the newcomer’s own first' }),
    bundle: TrustBundle,
    releaseKeys: Type.String({ description: 'PEM public keys that releases are signed with' }),
  },
  strict,
)
export type Enrolment = Static<typeof Enrolment>

export const trustPath = '/api/v1/trust'
export const enrolPath = '/api/v1/enrol'
export const renewPath = '/api/v1/renew'

const coordinator: Identity = { kind: 'service', name: 'coordinator' }

export interface Enrolled {
  readonly credentials: Credentials
  readonly bundle: TrustBundle
  readonly releaseKeys: string
}

/**
 * Joins the fleet: finds the authority that the token names, makes sure that it vouches for the coordinator, and has a fresh
 * key certified. Nothing secret is sent before.
 * @throws {RookeryError} IDENTITY_INVALID, UNREACHABLE, or what the coordinator refuses with.
 */
export async function enrol(
  coordinatorUrl: URL,
  token: JoinToken,
  identity: Identity,
  clock: Clock,
): Promise<Enrolled> {
  const authority = await findAuthority(coordinatorUrl, token.authorityFingerprint)
  const { key, request } = await createSigningRequest(identity)
  const body: EnrolRequest = {
    tokenId: token.id,
    secret: token.secret,
    identity: identityUri(identity),
    signingRequest: request,
  }
  const tls = {
    ca: [authority],
    allowPartialTrustChain: true,
    minVersion: 'TLSv1.3' as const,
    checkServerIdentity: serverCheck(coordinator, () => ({ revoked: new Set(), nowMs: clock.now() })),
  }
  return checkedEnrolment(await httpsJson({ method: 'POST', url: new URL(enrolPath, coordinatorUrl), body, tls }), key)
}

/** A new certificate for a new key, before the present one expires. @throws {RookeryError} like `enrol`. */
export async function renew(coordinatorUrl: URL, identity: TlsIdentity, own: Identity): Promise<Enrolled> {
  const { key, request } = await createSigningRequest(own)
  const tls = { ...identity.secureContext, checkServerIdentity: identity.serverCheck(coordinator) }
  const url = new URL(renewPath, coordinatorUrl)
  return checkedEnrolment(await httpsJson({ method: 'POST', url, body: { signingRequest: request }, tls }), key)
}

/** The certificates alone are asked of whoever answers: the fingerprint tells whether they are the right ones. */
async function findAuthority(coordinatorUrl: URL, fingerprint: string): Promise<string> {
  const tls = { rejectUnauthorized: false, minVersion: 'TLSv1.3' as const }
  const url = new URL(trustPath, coordinatorUrl)
  const bundle = checkedBundle(await httpsJson({ method: 'GET', url, tls }))
  const authority = bundle.authorities.find((pem) => certificateFingerprint(pem) === fingerprint)
  if (authority !== undefined) return authority
  throw new RookeryError(
    'IDENTITY_INVALID',
    `what answers at ${coordinatorUrl.origin} is not the coordinator that the join token is for: its authority is another one`,
  )
}

/** What was sent must be usable together before it takes the place of anything. */
function checkedEnrolment(answer: unknown, key: string): Enrolled {
  if (!Value.Check(Enrolment, answer))
    throw new RookeryError('IDENTITY_INVALID', 'the coordinator answered with something that is no enrolment')
  const { certificate, bundle, releaseKeys } = answer
  const credentials = { key, certificate }
  checkCredentials(credentials)
  return { credentials, bundle: checkedBundle(bundle), releaseKeys }
}
