import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { isLoopback } from '../../runtime/http-server.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { AuditLog } from '../audit/audit-log.ts'
import type { Database } from '../store/database.ts'
import { AccessGuard } from './access-guard.ts'
import { ApiTokens } from './api-tokens.ts'
import { Authentication } from './authentication.ts'
import type { CallLimits, OidcConfig } from './config.ts'
import { makeFirstToken } from './first-token.ts'
import { OidcTokens } from './oidc.ts'
import { OpenStreams } from './open-streams.ts'

interface Options {
  readonly access: 'enforced' | 'open'
  readonly listen: { readonly host: string }
  readonly publicUrl?: string
  readonly dataDirectory: string
  readonly oidc?: OidcConfig
  readonly limits: CallLimits
}

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Who may call the API, and the record of who did. */
export interface Access {
  readonly guard: AccessGuard
  readonly tokens: ApiTokens
  readonly audit: AuditLog
  /** To be started with the store, before anybody can call. */
  readonly component: Component
}

/** @throws {RookeryError} CONFIG_INVALID. */
export function composeAccess(options: Options, { database, clock, random, logger }: Dependencies): Access {
  const { access: mode, listen, publicUrl, dataDirectory, limits } = options
  if (mode === 'open' && !isLoopback(listen.host)) {
    throw new RookeryError(
      'CONFIG_INVALID',
      `access: open, but listen.host is ${listen.host}: everybody there could do everything; use access: enforced, or 127.0.0.1`,
    )
  }
  const tokens = new ApiTokens({ database, clock, random, logger })
  const oidc = options.oidc && new OidcTokens(options.oidc, { clock, logger })
  const authentication = new Authentication({ mode }, { tokens, oidc, clock })
  const streams = new OpenStreams(
    { most: limits.streamsPerPrincipal },
    { isGood: (principal) => authentication.isGood(principal), clock, logger },
  )
  tokens.onRevoked((principal) => streams.cut(principal))
  const ownNames = publicUrl === undefined ? [] : [new URL(publicUrl).hostname]
  const guard = new AccessGuard({ limits, ownNames }, { authentication, streams })
  const audit = new AuditLog({ database, clock, logger })
  const start = async () => {
    if (mode === 'open') logger.warn('access is open: everybody on this machine may do everything')
    else await makeFirstToken(dataDirectory, { tokens, logger })
    await audit.start()
    await streams.start()
  }
  const stop = async () => {
    await streams.stop()
    await audit.stop()
  }
  return { guard, tokens, audit, component: { name: 'access', start, stop } }
}
