import { KeyObject, type webcrypto, type X509Certificate } from 'node:crypto'
import type { JoinToken } from '../../proto/http/identity.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Enrolment, EnrolRequest } from '../../trust/enrolment.ts'
import { type Identity, identityName, parseIdentityUri } from '../../trust/identity.ts'
import type { TlsIdentity } from '../../trust/tls-identity.ts'
import type { TrustBundle } from '../../trust/trust-bundle.ts'
import { type Authority, requestedKey } from './authority.ts'
import { type Certificates, publicKeyHash } from './certificates.ts'
import type { JoinTokens } from './join-tokens.ts'

interface Options {
  readonly certificateLifetimeMs: number
  readonly releaseKeys: string
}

interface Dependencies {
  /** Undefined where certificates come from an authority outside. */
  readonly authority: Authority | undefined
  readonly certificates: Certificates
  readonly joinTokens: JoinTokens
  /** The coordinator's own. */
  readonly identity: TlsIdentity
  readonly clock: Clock
  readonly logger: Logger
}

const forgetPeriodMs = 3_600_000
/** Everybody may ask for the revocation list, and to sign one costs: it is good for a day. */
const listKeptMs = 3_600_000

/** Who is let into the fleet, and who no longer. */
export class Enrolments implements Component {
  readonly name = 'enrolments'
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #listeners = new Set<(bundle: TrustBundle) => void>()
  #timer: Timer | undefined
  #forgetting: Promise<void> = Promise.resolve()
  /**
   * One after the other: two newcomers must not both find a name free, and no certificate may be issued to somebody while he
   * is revoked.
   */
  #turn: Promise<unknown> = Promise.resolve()
  #list: { readonly version: number; readonly madeAtMs: number; readonly pem: Promise<string> } | undefined

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    const { certificates, clock, logger } = this.#dependencies
    await this.#publish()
    this.#timer = clock.every(forgetPeriodMs, () => {
      this.#forgetting = certificates
        .forgetExpired()
        .catch((error) => logger.warn(`expired certificates are kept: ${errorMessage(error)}`))
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#forgetting
    await this.#turn.catch(() => {})
  }

  get bundle(): TrustBundle {
    return this.#dependencies.identity.bundle
  }

  /** The revocation list (RFC 5280) as PEM. @throws {RookeryError} CONFLICT. */
  async revocationList(): Promise<string> {
    const authority = this.#authority
    const { certificates, clock } = this.#dependencies
    const { version } = this.bundle
    if (this.#list?.version !== version || clock.now() - this.#list.madeAtMs > listKeptMs) {
      const pem = certificates.revoked().then((revoked) => authority.revocationList(revoked))
      this.#list = { version, madeAtMs: clock.now(), pem }
      pem.catch(() => {
        this.#list = undefined
      })
    }
    return this.#list.pem
  }

  /**
   * Certifies a newcomer's key. Asked again with the same key, as after an answer that was lost, uses nothing up.
   * @throws {RookeryError} IDENTITY_INVALID; CONFLICT when another key is known under that name.
   */
  enrol(request: EnrolRequest): Promise<{ identity: Identity; enrolment: Enrolment; joinToken: JoinToken }> {
    return this.#inTurn(() => this.#enrol(request))
  }

  async #enrol({ tokenId, secret, identity: uri, signingRequest }: EnrolRequest) {
    const { joinTokens, certificates, logger } = this.#dependencies
    const joinToken = await joinTokens.check(tokenId, secret)
    const identity = admitted(uri, joinToken)
    const key = await requestedKey(signingRequest)
    const live = await certificates.liveKeys(identity)
    const isKnown = live.includes(hashOf(key))
    if (live.length > 0 && !isKnown) {
      throw new RookeryError(
        'CONFLICT',
        `${identityName(identity)} has a certificate already; revoke it first (rookery identity revoke ${identity.kind} ${identity.name}), or give this one a name of its own`,
      )
    }
    if (!isKnown) await joinTokens.use(joinToken.id)
    if (identity.kind === 'host') await certificates.bind(identity.name, joinToken.pools)
    const enrolment = await this.#certify(identity, key)
    logger.info({ identity: identityName(identity), joinToken: joinToken.id }, 'enrolled')
    return { identity, enrolment, joinToken }
  }

  /** @param shown his certificate, verified. @throws {RookeryError} IDENTITY_INVALID, also when it counts no more by now. */
  async renew(identity: Identity, shown: X509Certificate, signingRequest: string): Promise<Enrolment> {
    const key = await requestedKey(signingRequest)
    return this.#inTurn(async () => {
      const reason = this.#dependencies.identity.refuse(shown)
      if (reason !== undefined) throw new RookeryError('IDENTITY_INVALID', `${identityName(identity)}: ${reason}`)
      return this.#certify(identity, key)
    })
  }

  /** From now on none of its certificates counts; open connections end within seconds. @throws {RookeryError} NOT_FOUND. */
  async revoke(identity: Identity, reason: string): Promise<void> {
    const { certificates, logger } = this.#dependencies
    if (identity.kind === 'service' && identity.name === 'coordinator')
      throw new RookeryError(
        'CONFLICT',
        'the coordinator cannot revoke itself: restart it, and it has a new certificate',
      )
    await this.#inTurn(async () => {
      await certificates.revoke(identity, reason)
      logger.warn({ identity: identityName(identity), reason }, 'revoked')
      await this.#publish()
    })
  }

  /** @throws {RookeryError} IDENTITY_INVALID when a host speaks for pools that its join token was not for. */
  async requirePools(host: string, pools: readonly string[]): Promise<void> {
    const bound = await this.#dependencies.certificates.poolsOf(host)
    const foreign = bound === '*' ? undefined : pools.find((pool) => !bound.includes(pool))
    if (foreign === undefined) return
    throw new RookeryError(
      'IDENTITY_INVALID',
      `${host} did not join for pool ${foreign}, only for ${[...bound].join(', ')}`,
    )
  }

  /** Told of each bundle from now on. */
  onChange(listener: (bundle: TrustBundle) => void): void {
    this.#listeners.add(listener)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => {}).then(work)
    this.#turn = turn
    return turn
  }

  async #certify(identity: Identity, publicKey: webcrypto.CryptoKey): Promise<Enrolment> {
    const { certificateLifetimeMs, releaseKeys } = this.#options
    const issued = await this.#authority.issue({ identity, publicKey, lifetimeMs: certificateLifetimeMs })
    await this.#dependencies.certificates.add(identity, issued)
    return { certificate: issued.certificate, bundle: this.bundle, releaseKeys }
  }

  get #authority(): Authority {
    const { authority } = this.#dependencies
    if (authority) return authority
    throw new RookeryError(
      'CONFLICT',
      'the certificates of this fleet come from an authority outside; nobody enrols here',
    )
  }

  async #publish(): Promise<void> {
    const { certificates, identity } = this.#dependencies
    const revoked = await certificates.revoked()
    const version = Math.max(identity.bundle.version, revoked.at(-1)?.revokedAtMs ?? 1)
    const { authorities } = identity.bundle
    if (!identity.replaceBundle({ version, authorities, revokedSerials: revoked.map(({ serial }) => serial) })) return
    for (const listener of this.#listeners) listener(identity.bundle)
  }
}

/** @throws {RookeryError} IDENTITY_INVALID when the token is for somebody else. */
function admitted(uri: string, { service, pools }: JoinToken): Identity {
  const identity = parseIdentityUri(uri)
  if (!identity) throw new RookeryError('IDENTITY_INVALID', 'body.identity is no SPIFFE ID of a host or service')
  if (identity.kind === 'host' && pools !== null) return identity
  if (identity.kind === 'service' && identity.name === service) return identity
  throw new RookeryError(
    'IDENTITY_INVALID',
    `the join token is for ${service ?? 'hosts'}, not for ${identityName(identity)}`,
  )
}

function hashOf(key: webcrypto.CryptoKey): string {
  return publicKeyHash(KeyObject.from(key))
}
