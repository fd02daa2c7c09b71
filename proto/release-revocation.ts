import { type KeyObject, verify } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { RookeryError } from '../runtime/errors.ts'
import { schemaIssues } from '../runtime/yaml-document.ts'
import { AppNamePattern, ReleaseIdPattern } from './release-manifest.ts'

/**
 * A statement that a release, and every release of its app that was created before it, is not to go live any more. Signed
 * with the key that signs releases; it has no field in common with a manifest that both require, so that neither can be
 * taken for the other.
 */
export const ReleaseRevocation = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    app: Type.String({ pattern: AppNamePattern }),
    releaseId: Type.String({ pattern: ReleaseIdPattern }),
    releaseCreatedAtMs: Type.Integer({ minimum: 0, description: '`createdAtMs` of its manifest' }),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    revokedAtMs: Type.Integer({ minimum: 0 }),
    sequence: Type.Integer({ minimum: 1, description: 'Counts the statements of a coordinator' }),
  },
  { additionalProperties: false },
)
export type ReleaseRevocation = Static<typeof ReleaseRevocation>

/** A statement's bytes with the Ed25519 signature over them. */
export interface SignedRevocation {
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

/** What a revocation is held against. */
export interface ReleaseAge {
  readonly app: string
  readonly releaseId: string
  readonly createdAtMs: number
}

/** The statement's bytes as they are signed, stored and sent: JSON without spaces, keys in the schema's order. */
export function encodeRevocation(revocation: ReleaseRevocation): Uint8Array {
  const { schemaVersion, app, releaseId, releaseCreatedAtMs, reason, revokedAtMs, sequence } = revocation
  const canonical = { schemaVersion, app, releaseId, releaseCreatedAtMs, reason, revokedAtMs, sequence }
  return new TextEncoder().encode(JSON.stringify(canonical))
}

/**
 * Reads a statement from its bytes.
 * @throws {RookeryError} RELEASE_CORRUPT that names the field.
 */
export function decodeRevocation(bytes: Uint8Array): ReleaseRevocation {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new RookeryError('RELEASE_CORRUPT', 'the revocation is not JSON', { cause: error })
  }
  const [issue] = schemaIssues(value, ReleaseRevocation)
  if (issue)
    throw new RookeryError('RELEASE_CORRUPT', `the revocation is invalid: ${issue.path.join('.')} ${issue.message}`)
  return value as ReleaseRevocation
}

/** Whether one of these Ed25519 public keys signed the statement. */
export function isSignedBy({ statement, signature }: SignedRevocation, keys: readonly KeyObject[]): boolean {
  return keys.some((key) => verify(null, statement, key, signature))
}

/** The release itself, or one of the same app that is not newer. */
export function isRevokedBy({ app, releaseId, createdAtMs }: ReleaseAge, revocation: ReleaseRevocation): boolean {
  if (app !== revocation.app) return false
  return releaseId === revocation.releaseId || createdAtMs <= revocation.releaseCreatedAtMs
}

/** Why a release is refused, for people. */
export function revocationReason({ releaseId }: Pick<ReleaseAge, 'releaseId'>, revocation: ReleaseRevocation): string {
  const { releaseId: revoked, reason } = revocation
  if (releaseId === revoked) return `release ${releaseId} is revoked: ${reason}`
  return `release ${releaseId} is not newer than ${revoked}, which is revoked: ${reason}`
}
