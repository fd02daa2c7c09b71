import { constants, X509Certificate } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { SwarmTls } from './swarm-tls.ts'

/** The one that processors with AES instructions are fastest at comes first. */
const ciphers = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].join(':')

/** What both ends of every connection are made with. */
export function contextOptions({ key, certificate, authorities }: SwarmTls['current']): SecureContextOptions {
  return {
    key,
    cert: certificate,
    ca: [...authorities],
    minVersion: 'TLSv1.3',
    ciphers,
    // An authority may be below another one that is not ours.
    allowPartialTrustChain: true,
    // Sessions are not resumed: whoever comes back shows its certificate again.
    secureOptions: constants.SSL_OP_NO_TICKET,
  }
}

/** Fingerprints (SHA-256) of PEM certificates. */
export function fingerprints(certificates: readonly string[]): Set<string> {
  return new Set(certificates.map((pem) => new X509Certificate(pem).fingerprint256))
}
