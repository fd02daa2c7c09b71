import { createHash, X509Certificate } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { RookeryError } from '../runtime/errors.ts'

/** Whom a fleet trusts, and which certificates not any more. A higher version replaces a lower one. */
export const TrustBundle = Type.Object(
  {
    version: Type.Integer({ minimum: 0, description: 'Grows with every change' }),
    authorities: Type.Array(Type.String({ maxLength: 16_384 }), {
      minItems: 1,
      maxItems: 16,
      description: 'Certificates (PEM) of the authorities that sign the fleet’s certificates',
    }),
    revokedSerials: Type.Array(Type.String({ pattern: '^[0-9a-f]{1,64}$' }), {
      maxItems: 100_000,
      description: 'Serial numbers, in hex, of certificates that count no more although they have not expired',
    }),
  },
  { additionalProperties: false },
)
export type TrustBundle = Static<typeof TrustBundle>

/** @throws {RookeryError} IDENTITY_INVALID when it is no bundle, or one of its authorities is no certificate. */
export function checkedBundle(value: unknown): TrustBundle {
  if (!Value.Check(TrustBundle, value)) throw new RookeryError('IDENTITY_INVALID', 'this is no trust bundle')
  for (const pem of value.authorities) readCertificate(pem, 'an authority of the trust bundle')
  return value
}

/** @throws {RookeryError} IDENTITY_INVALID. */
export function readCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new RookeryError('IDENTITY_INVALID', `${what} is no certificate in PEM form`, { cause: error })
  }
}

/** SHA-256 of the certificate's DER form, base64url: how a join token names the authority it belongs to. */
export function certificateFingerprint(pem: string): string {
  return createHash('sha256').update(readCertificate(pem, 'the authority').raw).digest('base64url')
}

export function pemCertificates(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  return blocks.map((block) => `${block}\n`)
}
