import { X509Certificate } from 'node:crypto'
import { RookeryError } from '../../runtime/errors.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'

/**
 * A torrent that names its authority (`ssl-cert`) goes to peers with certificates of that one only.
 * @param trusts whether certificates of the authority with this fingerprint (SHA-256) are taken; undefined without TLS.
 * @throws {RookeryError} CONFLICT when it cannot be exchanged here.
 */
export function checkAuthority(
  { name, sslCertificate }: Metainfo,
  trusts: ((fingerprint: string) => boolean) | undefined,
): void {
  if (sslCertificate === undefined) return
  if (!trusts)
    throw new RookeryError(
      'CONFLICT',
      `the torrent ${name} is for TLS only: give a certificate of its authority, on the command line --certificate FILE --key FILE`,
    )
  const authority = new X509Certificate(sslCertificate)
  if (trusts(authority.fingerprint256)) return
  throw new RookeryError(
    'CONFLICT',
    `the torrent ${name} is for certificates of ${subjectOf(authority)}, which is none of the authorities trusted here`,
  )
}

function subjectOf({ subject, fingerprint256 }: X509Certificate): string {
  return `${subject?.replaceAll('\n', ', ') || 'an authority without a name'} (SHA-256 ${fingerprint256})`
}
