import type { X509Certificate } from 'node:crypto'

export const serviceNames = ['coordinator', 'tracker', 'seeder'] as const
export type ServiceName = (typeof serviceNames)[number]

/** Who a certificate speaks for: one host's agent, or one of the central services. */
export type Identity =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'service'; readonly name: ServiceName }

const uriPattern = /^spiffe:\/\/[a-z0-9._-]{1,255}\/(host|service)\/([A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?)$/
export const trustDomain = 'rookery'

/** The SPIFFE ID (SPIFFE-ID, section 2) that certificates bear as their one URI: `spiffe://rookery/host/web-1`. */
export function identityUri({ kind, name }: Identity): string {
  return `spiffe://${trustDomain}/${kind}/${name}`
}

/** How logs, the audit log and people call it: `host:web-1`. */
export function identityName({ kind, name }: Identity): string {
  return `${kind}:${name}`
}

/** Undefined for what is no identity of a fleet. */
export function parseIdentityUri(uri: string): Identity | undefined {
  const match = uriPattern.exec(uri)
  if (!match) return undefined
  const [, kind, name] = match
  if (kind === 'host') return { kind, name: name! }
  const service = serviceNames.find((known) => known === name)
  return service && { kind: 'service', name: service }
}

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.kind === other.kind && one.name === other.name
}

/** By the one URI among the certificate's names (X509-SVID, section 2); a certificate with several speaks for nobody. */
export function identityOf(certificate: X509Certificate): Identity | undefined {
  // Node quotes names that hold a comma or a quote, so that none can pass itself off as two.
  const uris = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'))
  return uris.length === 1 ? parseIdentityUri(uris[0]!.slice('URI:'.length)) : undefined
}

/** Lower-case hex without leading zeros, as revocations name a certificate. */
export function serialOf(certificate: X509Certificate): string {
  return normalSerial(certificate.serialNumber)
}

export function normalSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
}
