import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { OidcConfig } from './config.ts'
import { checkOidcConfig, claimAt, grantOf } from './oidc-grant.ts'
import { issuerKeys } from './oidc-keys.ts'
import type { Principal } from './principal.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

/** Public keys only: with a shared secret, or with none at all, we could have signed it ourselves. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** How far the issuer's clock may be from ours. */
const clockToleranceSeconds = 30
/** A subject becomes part of a line in records; OpenID Connect Core allows 255 characters. */
const subjectForm = /^[\x21-\x7e]{1,255}$/
const maxNameLength = 100

/** Takes tokens that an OpenID Connect issuer signed for us (RFC 7519, RFC 9068). */
export class OidcTokens {
  readonly #config: OidcConfig
  readonly #keys: JWTVerifyGetKey
  readonly #dependencies: Dependencies

  /** @throws {RookeryError} CONFIG_INVALID. */
  constructor(config: OidcConfig, dependencies: Dependencies) {
    checkOidcConfig(config)
    this.#config = config
    this.#dependencies = dependencies
    this.#keys = issuerKeys(config.issuer, dependencies)
  }

  /**
   * Who bears a token.
   * @throws {RookeryError} UNAUTHORIZED for a token that is not good, FORBIDDEN for a good one without a role here,
   *   UNAVAILABLE when the issuer's keys cannot be had: then nobody is let in.
   */
  async authenticate(text: string): Promise<Principal> {
    const claims = await this.#verified(text)
    const { sub = '', exp = 0 } = claims
    if (!subjectForm.test(sub)) throw new RookeryError('UNAUTHORIZED', 'the token’s subject is no printable text')
    const grant = grantOf(claims, this.#config)
    if (!grant)
      throw new RookeryError('FORBIDDEN', `no value of the token’s claim ${this.#config.rolesClaim} has a role here`)
    const name = claimAt(claims, this.#config.nameClaim)
    const isName = typeof name === 'string' && name !== '' && name.length <= maxNameLength
    return { id: `oidc:${sub}`, name: isName ? name : sub, ...grant, expiresAtMs: exp * 1000 }
  }

  async #verified(text: string): Promise<JWTPayload> {
    const { issuer, audience } = this.#config
    const { clock, logger } = this.#dependencies
    try {
      const { payload } = await jwtVerify(text, this.#keys, {
        ...{ issuer, audience, algorithms, clockTolerance: clockToleranceSeconds },
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(clock.now()),
      })
      return payload
    } catch (error) {
      if (error instanceof RookeryError) throw error
      // jose checks the signature first, so this is told to nobody but its bearer.
      if (error instanceof errors.JWTExpired) throw new RookeryError('UNAUTHORIZED', 'the token has expired')
      if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid)
        throw new RookeryError('UNAVAILABLE', 'the issuer of this token cannot be asked for its keys now')
      logger.debug({ reason: errorMessage(error) }, 'an OIDC token was refused')
      throw new RookeryError('UNAUTHORIZED', 'the token is not one that is good here')
    }
  }
}
