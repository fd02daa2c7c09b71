import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import { refusal, refusalOfOther, serverCheck } from './admission.ts'
import type { Identity } from './identity.ts'
import type { TrustBundle } from './trust-bundle.ts'

/** A private key with the certificate chain for it, our own first; all PEM. */
export interface Credentials {
  readonly key: string
  readonly certificate: string
}

interface Current extends Credentials {
  readonly authorities: readonly string[]
}

/** Who we are in TLS now, and whom we let in. Changes under way: with each renewal, and with each trust bundle. */
export class TlsIdentity {
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  #current: Current
  #certificate: X509Certificate
  #bundle: TrustBundle
  #revoked: ReadonlySet<string>

  /** @throws {RookeryError} IDENTITY_INVALID when certificate and key do not belong together. */
  constructor(credentials: Credentials, bundle: TrustBundle, clock: Clock) {
    this.#clock = clock
    this.#certificate = checkCredentials(credentials)
    this.#bundle = bundle
    this.#revoked = new Set(bundle.revokedSerials)
    this.#current = { ...credentials, authorities: bundle.authorities }
  }

  get current(): Current {
    return this.#current
  }

  get certificate(): X509Certificate {
    return this.#certificate
  }

  get bundle(): TrustBundle {
    return this.#bundle
  }

  /** Our own key, certificate and authorities for a TLS socket or server of Node. */
  get secureContext(): SecureContextOptions & { allowPartialTrustChain: boolean } {
    const { key, certificate, authorities } = this.#current
    // An authority below another one is an anchor as it is: only what it signed itself is trusted.
    return { key, cert: certificate, ca: [...authorities], allowPartialTrustChain: true, minVersion: 'TLSv1.3' }
  }

  /** @throws {RookeryError} IDENTITY_INVALID; the old ones stay then. */
  replaceCredentials(credentials: Credentials): void {
    this.#certificate = checkCredentials(credentials)
    this.#current = { ...credentials, authorities: this.#bundle.authorities }
    this.#changed()
  }

  /** False, and nothing changes, for a bundle that is not newer. */
  replaceBundle(bundle: TrustBundle): boolean {
    if (bundle.version <= this.#bundle.version) return false
    this.#bundle = bundle
    this.#revoked = new Set(bundle.revokedSerials)
    this.#current = { ...this.#current, authorities: bundle.authorities }
    this.#changed()
    return true
  }

  /** Other anchors, the same revocations. */
  replaceAuthorities(authorities: readonly string[]): void {
    this.#bundle = { ...this.#bundle, authorities: [...authorities] }
    this.#current = { ...this.#current, authorities }
    this.#changed()
  }

  /** Why a peer with this certificate, whose chain TLS has verified, is not let in; undefined when it is. */
  refuse(certificate: X509Certificate): string | undefined {
    return refusal(certificate, this.#measure())
  }

  /** Like `refuse`, for what a peer announces to. */
  refuseTracker(certificate: X509Certificate): string | undefined {
    return this.refuseOther(certificate, { kind: 'service', name: 'tracker' })
  }

  /** Like `refuse`, for a peer that must be just this one. */
  refuseOther(certificate: X509Certificate, expected: Identity): string | undefined {
    return refusalOfOther(certificate, expected, this.#measure())
  }

  /** `checkServerIdentity` of TLS for a server that must be just this one. */
  serverCheck(expected: Identity) {
    return serverCheck(expected, () => this.#measure())
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #measure() {
    return { revoked: this.#revoked, nowMs: this.#clock.now() }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** @throws {RookeryError} IDENTITY_INVALID when certificate and key cannot be read or do not belong together. */
export function checkCredentials({ key, certificate }: Credentials): X509Certificate {
  let parsed: X509Certificate
  let isOurs: boolean
  try {
    parsed = new X509Certificate(certificate)
    isOurs = parsed.checkPrivateKey(createPrivateKey(key))
  } catch (error) {
    throw new RookeryError('IDENTITY_INVALID', 'certificate or key cannot be read: both must be PEM', { cause: error })
  }
  if (!isOurs) throw new RookeryError('IDENTITY_INVALID', 'the certificate is not for this key')
  return parsed
}
