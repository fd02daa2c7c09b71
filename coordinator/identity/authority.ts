import 'reflect-metadata'
import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as ParsedCertificate,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509'
import type { Clock } from '../../runtime/clock.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { Random } from '../../runtime/random.ts'
import { readText } from '../../trust/file-look.ts'
import { type Identity, identityName, identityUri, normalSerial } from '../../trust/identity.ts'
import { pemCertificates } from '../../trust/trust-bundle.ts'

interface AuthorityFiles {
  readonly certificateFile: string
  readonly keyFile: string
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
}

export interface Issued {
  /** Lower-case hex. */
  readonly serial: string
  /** PEM, with the authority's own after it. */
  readonly certificate: string
  readonly notAfterMs: number
}

interface Subject {
  readonly identity: Identity
  readonly publicKey: webcrypto.CryptoKey
  readonly lifetimeMs: number
  /** Under which addresses it serves people: DNS names and IP addresses. */
  readonly addresses?: readonly string[]
}

type SigningAlgorithm = Parameters<typeof webcrypto.subtle.importKey>[2] & { name: string; hash: string }

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const authorityLifetimeMs = 10 * 365 * 86_400_000
/** Clocks of a fleet differ a little; a new certificate must count everywhere at once. */
const backdatedMs = 5 * 60_000
const serialBytes = 16

/** The fleet's certificate authority (RFC 5280): P-256, signs nothing but the leaves of hosts and services. */
export class Authority {
  /** PEM. */
  readonly certificate: string
  readonly #parsed: ParsedCertificate
  readonly #key: webcrypto.CryptoKey
  readonly #algorithm: SigningAlgorithm
  readonly #dependencies: Dependencies

  private constructor(pem: string, key: webcrypto.CryptoKey, algorithm: SigningAlgorithm, dependencies: Dependencies) {
    this.certificate = pem
    this.#parsed = new ParsedCertificate(pem)
    this.#key = key
    this.#algorithm = algorithm
    this.#dependencies = dependencies
  }

  /**
   * The operator's own authority from its files, else the one in the data directory, which the first start makes.
   * @throws {RookeryError} FILE_UNREADABLE, CONFIG_INVALID.
   */
  static async load(
    directory: string,
    files: AuthorityFiles | undefined,
    dependencies: Dependencies,
  ): Promise<Authority> {
    if (files)
      return Authority.#open(await readText(files.certificateFile), await readText(files.keyFile), dependencies)
    const path = join(directory, 'authority.pem')
    const pem = await readFile(path, 'utf8').catch((error) => {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (pem !== undefined) return Authority.#open(pem, pem, dependencies)
    const made = await createAuthority(dependencies)
    await writeFileDurably(path, made.key + made.certificate, 0o600)
    await writeFileDurably(join(directory, 'authority.crt.pem'), made.certificate)
    return Authority.#open(made.certificate, made.key, dependencies)
  }

  static async #open(certificateText: string, keyText: string, dependencies: Dependencies): Promise<Authority> {
    const pem = pemCertificates(certificateText)[0]
    try {
      if (pem === undefined) throw new Error('there is no certificate')
      const key = createPrivateKey(keyText)
      const certificate = new X509Certificate(pem)
      if (!certificate.ca) throw new Error('the certificate is not of an authority (CA:TRUE)')
      if (!certificate.checkPrivateKey(key)) throw new Error('the certificate is not for this key')
      const algorithm = algorithmOf(key)
      const der = key.export({ type: 'pkcs8', format: 'der' })
      const imported = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
      return new Authority(pem, imported, algorithm, dependencies)
    } catch (error) {
      throw new RookeryError('CONFIG_INVALID', `the authority cannot be used: ${errorMessage(error)}`, { cause: error })
    }
  }

  /** Certifies a key for an identity; whoever asks must have been found to be it. */
  async issue({ identity, publicKey, lifetimeMs, addresses = [] }: Subject): Promise<Issued> {
    const { clock } = this.#dependencies
    const notAfterMs = Math.min(clock.now() + lifetimeMs, this.#parsed.notAfter.getTime())
    const serial = newSerial(this.#dependencies.random)
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject: [{ CN: [identityName(identity)] }],
      issuer: this.#parsed.subjectName,
      notBefore: new Date(clock.now() - backdatedMs),
      notAfter: new Date(notAfterMs),
      publicKey,
      signingKey: this.#key,
      signingAlgorithm: this.#algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(namesOf(identity, addresses)),
        await AuthorityKeyIdentifierExtension.create(this.#parsed.publicKey),
        await SubjectKeyIdentifierExtension.create(publicKey),
      ],
    })
    return {
      serial: normalSerial(serial),
      certificate: `${certificate.toString('pem')}\n${this.certificate}`,
      notAfterMs,
    }
  }

  /** The revocation list (RFC 5280, section 5) as PEM; good for a day. */
  async revocationList(revoked: readonly { serial: string; revokedAtMs: number }[]): Promise<string> {
    const now = this.#dependencies.clock.now()
    const list = await X509CrlGenerator.create({
      issuer: this.#parsed.subject,
      thisUpdate: new Date(now),
      nextUpdate: new Date(now + 86_400_000),
      signingAlgorithm: this.#algorithm,
      signingKey: this.#key,
      entries: revoked.map(({ serial, revokedAtMs }) => ({
        serialNumber: serial.padStart(serialBytes * 2, '0'),
        revocationDate: new Date(revokedAtMs),
        reason: X509CrlReason.unspecified,
      })),
    })
    return list.toString('pem')
  }
}

/**
 * The key that a signing request (RFC 2986) wants certified. What names it asks for is not looked at: the identity is decided
 * by whoever grants it.
 * @throws {RookeryError} IDENTITY_INVALID when it is none, is not signed by its own key, or the key is of a weak kind.
 */
export async function requestedKey(pem: string): Promise<webcrypto.CryptoKey> {
  let request: Pkcs10CertificateRequest
  let isSigned: boolean
  try {
    request = new Pkcs10CertificateRequest(pem)
    isSigned = await request.verify()
  } catch (error) {
    throw new RookeryError('IDENTITY_INVALID', 'body.signingRequest cannot be read', { cause: error })
  }
  if (!isSigned) throw new RookeryError('IDENTITY_INVALID', 'body.signingRequest is not signed by its own key')
  const key = await request.publicKey.export()
  const { name, namedCurve } = key.algorithm as { name: string; namedCurve?: string }
  if (name === 'ECDSA' && (namedCurve === 'P-256' || namedCurve === 'P-384')) return key
  throw new RookeryError('IDENTITY_INVALID', 'body.signingRequest: the key must be one of the curves P-256 and P-384')
}

async function createAuthority({ clock, random }: Dependencies): Promise<{ key: string; certificate: string }> {
  const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(random),
    name: [{ CN: ['Rookery fleet authority'] }],
    notBefore: new Date(clock.now() - backdatedMs),
    notAfter: new Date(clock.now() + authorityLifetimeMs),
    signingAlgorithm: ecdsa,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' })
  return { key: key as string, certificate: `${certificate.toString('pem')}\n` }
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (curve === 'prime256v1') return ecdsa
  if (curve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  throw new Error('its key must be RSA or of one of the curves P-256 and P-384')
}

/** `*` is what libtorrent looks for in a peer's certificate: it may join every torrent of this authority. */
function namesOf(identity: Identity, addresses: readonly string[]): JsonGeneralNames {
  const isIp = (address: string) => /^[\d.]+$|:/.test(address)
  return [
    { type: 'url', value: identityUri(identity) },
    { type: 'dns', value: '*' },
    ...addresses.map((value) => ({ type: isIp(value) ? ('ip' as const) : ('dns' as const), value })),
  ]
}

/** Positive, and without a leading zero octet, whatever the bytes. */
function newSerial(random: Random): string {
  const bytes = Buffer.from(random.bytes(serialBytes))
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes.toString('hex')
}
