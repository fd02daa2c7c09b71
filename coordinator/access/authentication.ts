import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { isApiToken } from './api-token.ts'
import type { ApiTokens } from './api-tokens.ts'
import type { OidcTokens } from './oidc.ts'
import { openPrincipal, type Principal } from './principal.ts'

interface Dependencies {
  readonly tokens: ApiTokens
  /** Undefined where no issuer is configured. */
  readonly oidc?: OidcTokens
  readonly clock: Clock
}

interface Options {
  readonly mode: 'enforced' | 'open'
}

/** Finds out who calls. */
export class Authentication {
  readonly isOpen: boolean
  readonly #dependencies: Dependencies

  constructor({ mode }: Options, dependencies: Dependencies) {
    this.isOpen = mode === 'open'
    this.#dependencies = dependencies
  }

  /**
   * @param authorization the header as it came.
   * @throws {RookeryError} UNAUTHORIZED, FORBIDDEN, UNAVAILABLE.
   */
  async identify(authorization: string | undefined): Promise<Principal> {
    if (this.isOpen) return openPrincipal
    const [, text] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? []
    if (text === undefined) {
      throw new RookeryError(
        'UNAUTHORIZED',
        authorization === undefined
          ? 'this call needs a token: rookery login, or ROOKERY_TOKEN, or the header Authorization: Bearer …'
          : 'the header Authorization must be: Bearer, a blank, and a token',
      )
    }
    const { tokens, oidc } = this.#dependencies
    if (oidc && !isApiToken(text)) return oidc.authenticate(text)
    return tokens.authenticate(text)
  }

  /** Whether who came in earlier may stay. */
  async isGood({ id, expiresAtMs }: Principal): Promise<boolean> {
    if (expiresAtMs !== null && expiresAtMs <= this.#dependencies.clock.now()) return false
    return id.startsWith('token:') ? this.#dependencies.tokens.isGood(id) : true
  }
}
