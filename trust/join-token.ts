import { RookeryError } from '../runtime/errors.ts'

/** What a host or service presents once to be given a certificate. */
export interface JoinToken {
  readonly id: string
  readonly secret: string
  /** SHA-256 of the fleet's authority, base64url: the newcomer knows by it that it talks to the right coordinator. */
  readonly authorityFingerprint: string
}

const pattern = /^rkj_([a-z0-9]{8,32})_([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/

export function formatJoinToken({ id, secret, authorityFingerprint }: JoinToken): string {
  return `rkj_${id}_${secret}.${authorityFingerprint}`
}

/** @throws {RookeryError} IDENTITY_INVALID, without the token in it. */
export function parseJoinToken(text: string): JoinToken {
  const match = pattern.exec(text.trim())
  if (!match) throw new RookeryError('IDENTITY_INVALID', 'this is no join token: one begins with rkj_')
  return { id: match[1]!, secret: match[2]!, authorityFingerprint: match[3]! }
}
