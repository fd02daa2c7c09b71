import { webcrypto } from 'node:crypto'
import { type Identity, identityName, identityUri } from './identity.ts'

/** A fresh key and a request to certify it, both PEM. */
export interface SigningRequest {
  /** PKCS #8. */
  readonly key: string
  /** PKCS #10 (RFC 2986), for the identity's URI. */
  readonly request: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** The X.509 library is large and seldom needed: it is loaded only now. */
export async function createSigningRequest(identity: Identity): Promise<SigningRequest> {
  await import('reflect-metadata')
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await import('@peculiar/x509')
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [identityName(identity)] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'url', value: identityUri(identity) }])],
  })
  return {
    key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    request: request.toString('pem'),
  }
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
