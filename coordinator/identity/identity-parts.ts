import { hostname } from 'node:os'
import type { Clock } from '../../runtime/clock.ts'
import { isLoopback } from '../../runtime/http-server.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { ProvidedIdentity } from '../../trust/provided-identity.ts'
import { type CertificatePaths, ServerCertificate } from '../../trust/server-certificate.ts'
import type { TlsIdentity } from '../../trust/tls-identity.ts'
import { certificateFingerprint } from '../../trust/trust-bundle.ts'
import type { Database } from '../store/database.ts'
import { Authority } from './authority.ts'
import { Certificates } from './certificates.ts'
import type { AuthorityConfig } from './config.ts'
import { Enrolments } from './enrolments.ts'
import { JoinTokens } from './join-tokens.ts'
import { OwnIdentity } from './own-identity.ts'

interface Options {
  readonly dataDirectory: string
  readonly config: AuthorityConfig
  /** Host names and addresses that people and services reach the coordinator by. */
  readonly addresses: readonly string[]
  readonly releaseKeys: string
}

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface ApiListen {
  readonly host: string
  readonly tls?: CertificatePaths
}

/** Who the coordinator is, and whom it lets into the fleet. */
export interface IdentityParts {
  readonly tls: TlsIdentity
  readonly component: Component
  readonly certificates: Certificates
  readonly joinTokens: JoinTokens
  readonly enrolments: Enrolments
}

/** @throws {RookeryError} when an authority or certificate of the configuration cannot be used. */
export async function composeIdentity(options: Options, dependencies: Dependencies): Promise<IdentityParts> {
  const { dataDirectory, config, addresses, releaseKeys } = options
  const { certificateLifetimeMs } = config
  const { clock } = dependencies
  const authority = config.files ? undefined : await Authority.load(dataDirectory, config.authority, dependencies)
  const component = authority
    ? await OwnIdentity.open(
        {
          lifetimeMs: certificateLifetimeMs,
          addresses: [...new Set([...addresses, hostname(), 'localhost', '127.0.0.1'])],
        },
        { ...dependencies, authority },
      )
    : await ProvidedIdentity.open({ kind: 'service', name: 'coordinator' }, config.files!, dependencies)
  const { tls } = component
  const certificates = new Certificates({ database: dependencies.database, clock })
  const authorityFingerprint = certificateFingerprint(tls.bundle.authorities[0]!)
  const joinTokens = new JoinTokens({ ...dependencies, authorityFingerprint })
  const enrolments = new Enrolments(
    { certificateLifetimeMs, releaseKeys },
    { ...dependencies, authority, certificates, joinTokens, identity: tls },
  )
  return { tls, component, certificates, joinTokens, enrolments }
}

/** What people's side of the API shows; none on loopback, unless one is given. */
export async function apiCertificate(
  { host, tls }: ApiListen,
  identity: IdentityParts | undefined,
  dependencies: { readonly clock: Clock; readonly logger: Logger },
): Promise<ServerCertificate | undefined> {
  if (tls) return ServerCertificate.ofFiles(tls, dependencies)
  return isLoopback(host) || !identity ? undefined : ServerCertificate.of(identity.tls)
}

/** Host parts of listen addresses and URLs, for the coordinator's certificate. */
export function addressesOf(hosts: readonly string[], urls: readonly (string | undefined)[]): string[] {
  const named = urls.flatMap((url) => (url === undefined ? [] : [new URL(url).hostname.replace(/^\[|\]$/g, '')]))
  return [...hosts, ...named].filter((host) => host !== '0.0.0.0' && host !== '::')
}
