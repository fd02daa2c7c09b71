import { type Static, Type } from 'typebox'
import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import { isLoopback } from '../runtime/http-server.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Random } from '../runtime/random.ts'
import { EnrolledIdentity } from './enrolled-identity.ts'
import type { Identity } from './identity.ts'
import { ProvidedIdentity } from './provided-identity.ts'
import type { TlsIdentity } from './tls-identity.ts'

const strict = { additionalProperties: false } as const

/** Configuration of whoever has a certificate of the fleet. */
export const IdentityConfig = Type.Optional(
  Type.Object(
    {
      certificateFile: Type.String({
        minLength: 1,
        examples: ['/etc/rookery/tls/identity.crt'],
        description: 'Certificate chain (PEM), our own first.',
      }),
      keyFile: Type.String({
        minLength: 1,
        examples: ['/etc/rookery/tls/identity.key'],
        description: 'Its private key (PEM).',
      }),
      authoritiesFile: Type.String({
        minLength: 1,
        examples: ['/etc/rookery/tls/authorities.crt'],
        description: 'Authorities (PEM) whose certificates are trusted.',
      }),
    },
    {
      ...strict,
      description:
        'For a fleet whose certificates come from an authority of its own: files that are read again when they change. The certificate’s one URI name is its SPIFFE ID, `spiffe://…/host/<host>` or `spiffe://…/service/<coordinator|tracker|seeder>`.',
    },
  ),
)
export type IdentityConfig = Static<typeof IdentityConfig>

export const JoinTokenFile = Type.Optional(
  Type.String({
    minLength: 1,
    examples: ['/etc/rookery/join-token'],
    shownInSample: true,
    description:
      'File with a join token (`rookery join-token create`), read once, where there is no identity yet; it may be deleted afterwards.',
  }),
)

/** Where tracker and seeder get their certificate. */
export const CoordinatorLink = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^https://',
        examples: ['https://coordinator.example.com:7077'],
        shownInSample: true,
        description:
          'The coordinator’s `fleet` port, from which the certificate comes. Without it and without `identity`, this is a trial on one machine: no TLS, loopback only.',
      }),
    ),
    joinTokenFile: JoinTokenFile,
  },
  { ...strict, default: {}, shownInSample: true },
)

/** The identity a service or agent goes by. */
export interface ServiceIdentity extends Component {
  readonly tls: TlsIdentity
  takeBundle(value: unknown): void
}

interface Options {
  readonly own: Identity
  readonly dataDirectory: string
  readonly coordinatorUrl: string | undefined
  readonly joinTokenFile: string | undefined
  readonly files: IdentityConfig | undefined
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * By files, by enrolment, or none: then this is a trial on one machine, without certificates.
 * @throws {RookeryError} like the enrolment.
 */
export async function openIdentity(
  { own, files, coordinatorUrl, ...options }: Options,
  dependencies: Dependencies,
): Promise<ServiceIdentity | undefined> {
  if (files) return ProvidedIdentity.open(own, files, dependencies)
  if (coordinatorUrl === undefined || !/^(https|wss):/.test(coordinatorUrl)) return undefined
  const url = new URL(coordinatorUrl.replace(/^wss/, 'https'))
  return EnrolledIdentity.open({ ...options, own, coordinatorUrl: url }, dependencies)
}

/** @throws {RookeryError} CONFIG_INVALID: without certificates nobody beyond this machine may reach us. */
export function requireLoopback(identity: ServiceIdentity | undefined, host: string, field: string): void {
  if (identity || isLoopback(host)) return
  throw new RookeryError(
    'CONFIG_INVALID',
    `${field} is ${host}: without an identity only loopback addresses are served; set coordinator.url to the coordinator’s https address`,
  )
}
