import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { requireSafeUrl } from './oidc-grant.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

/** Keys that an issuer takes back are gone here so much later at the latest. */
const cacheMs = 10 * 60_000
/** A token with an unknown key has them fetched again, but anybody can make up such tokens. */
const cooldownMs = 30_000
const fetchDeadlineMs = 5_000
/** An issuer that is away is not asked at every call. */
const pauseMs = 5_000

/**
 * The keys an issuer signs with, found by OpenID Connect Discovery 1.0 each time they are fetched. Rejects with
 * UNAVAILABLE while the issuer cannot be asked; keys that were fetched in the last ten minutes go on working.
 */
export function issuerKeys(issuer: string, { clock, logger }: Dependencies): JWTVerifyGetKey {
  const discoveryUrl = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  let pausedUntilMs = Number.NEGATIVE_INFINITY

  const fetchKeys = async (options: RequestInit): Promise<Response> => {
    if (clock.monotonicMs() < pausedUntilMs) throw away()
    try {
      const document = (await (await fetched(discoveryUrl, options)).json()) as { issuer?: unknown; jwks_uri?: unknown }
      if (document.issuer !== issuer) throw new Error(`it calls itself ${JSON.stringify(document.issuer)}`)
      return await fetched(requireSafeUrl(String(document.jwks_uri), 'jwks_uri'), options)
    } catch (error) {
      pausedUntilMs = clock.monotonicMs() + pauseMs
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      logger.warn({ issuer, reason: errorMessage(cause) }, 'the OIDC issuer cannot be asked for its keys')
      throw away()
    }
  }
  return createRemoteJWKSet(discoveryUrl, {
    cacheMaxAge: cacheMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: fetchDeadlineMs,
    [customFetch]: (_url, options) => fetchKeys(options),
  })
}

/** A redirect leads to somebody whom the configuration does not name. */
async function fetched(url: URL, options: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'error' })
  if (response.status === 200) return response
  await response.body?.cancel()
  throw new Error(`${url.href} answers HTTP ${response.status}`)
}

function away(): RookeryError {
  return new RookeryError('UNAVAILABLE', 'the issuer of this token cannot be asked for its keys now')
}
