import { X509Certificate } from 'node:crypto'
import { RookeryError } from '../runtime/errors.ts'
import { type Identity, identityName, identityOf, isSameIdentity, serialOf } from './identity.ts'

/** What certificates are judged by. */
interface Measure {
  readonly revoked: ReadonlySet<string>
  readonly nowMs: number
}

/** Why a peer with this certificate, whose chain TLS has verified, is not let in; undefined when it is. */
export function refusal(certificate: X509Certificate, { revoked, nowMs }: Measure): string | undefined {
  if (nowMs > certificate.validToDate.getTime()) return 'its certificate has expired'
  if (revoked.has(serialOf(certificate))) return 'its certificate is revoked'
  if (!identityOf(certificate)) return 'its certificate names no host or service of this fleet'
  return undefined
}

/** Like `refusal`, for a peer that must be just this one. */
export function refusalOfOther(certificate: X509Certificate, expected: Identity, measure: Measure): string | undefined {
  const reason = refusal(certificate, measure)
  if (reason !== undefined) return reason
  const identity = identityOf(certificate)!
  if (isSameIdentity(identity, expected)) return undefined
  return `it is ${identityName(identity)}, not ${identityName(expected)}`
}

/** `checkServerIdentity` of TLS for a server that is known by who it is, at whatever address it answers. */
export function serverCheck(expected: Identity, measure: () => Measure) {
  return (_host: string, { raw }: { raw: Buffer }): Error | undefined => {
    const reason = refusalOfOther(new X509Certificate(raw), expected, measure())
    return reason === undefined ? undefined : new RookeryError('IDENTITY_INVALID', `what answers is refused: ${reason}`)
  }
}
