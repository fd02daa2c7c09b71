import 'reflect-metadata'
import { webcrypto, type X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { SwarmTls } from '../../swarm/index.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
x509.cryptoProvider.set(webcrypto)
const dayMs = 86_400_000

/** A key with its certificate, both PEM. */
export interface Certified {
  readonly key: string
  readonly certificate: string
}

interface Issue {
  readonly name: string
  /** DNS names; `*` fits every torrent. */
  readonly dns?: readonly string[]
  /** Counted from now; negative for one that has expired. */
  readonly validMs?: number
}

/** A certificate authority for tests and measurements. */
export class SwarmAuthority {
  readonly certificate: string
  readonly #keys: webcrypto.CryptoKeyPair
  readonly #issuer: x509.X509Certificate
  #issued = 0

  private constructor(keys: webcrypto.CryptoKeyPair, issuer: x509.X509Certificate) {
    this.#keys = keys
    this.#issuer = issuer
    this.certificate = issuer.toString('pem')
  }

  static async create(name = 'swarm test authority'): Promise<SwarmAuthority> {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
    const issuer = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + 30 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    return new SwarmAuthority(keys, issuer)
  }

  async issue({ name, dns = ['*'], validMs = dayMs }: Issue): Promise<Certified> {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: (0x1000 + ++this.#issued).toString(16),
      subject: `CN=${name}`,
      issuer: this.#issuer.subject,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + validMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']),
        new x509.SubjectAlternativeNameExtension([
          { type: 'url', value: `spiffe://rookery/host/${name}` },
          ...dns.map((value) => ({ type: 'dns' as const, value })),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#issuer),
      ],
    })
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
    const lines = key.match(/.{1,64}/g)!.join('\n')
    return {
      key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
      certificate: `${certificate.toString('pem')}\n`,
    }
  }
}

/** What a service fills in from its identity: who we are, whom we let in, and news of both. */
export class TestTls implements SwarmTls {
  current: SwarmTls['current']
  /** Names (CN) that are let in no more. */
  readonly revoked = new Set<string>()
  readonly #listeners = new Set<() => void>()

  constructor(certified: Certified, ...authorities: readonly SwarmAuthority[]) {
    this.current = { ...certified, authorities: authorities.map(({ certificate }) => certificate) }
  }

  refuse({ subject }: X509Certificate): string | undefined {
    return this.revoked.has(subject.replace('CN=', '')) ? 'its certificate is revoked' : undefined
  }

  revoke(name: string): void {
    this.revoked.add(name)
    this.changed()
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

/** A peer of this authority. */
export async function tlsOf(authority: SwarmAuthority, name: string): Promise<TestTls> {
  return new TestTls(await authority.issue({ name }), authority)
}
