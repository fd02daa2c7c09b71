import type { ApiToken, Role } from '../../proto/http/access.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Database } from '../store/database.ts'
import { formatToken, hashSecret, isSecret, mintToken, parseToken } from './api-token.ts'
import type { Principal } from './principal.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface NewToken {
  readonly name: string
  readonly role: Role
  /** What a deployer may deploy; undefined for other roles. */
  readonly apps?: readonly string[] | '*'
  readonly createdBy: string
  /** How long it is good for; null for ever. */
  readonly lifeMs: number | null
}

interface Row {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly apps_json: string
  readonly secret_hash: string
  readonly created_at_ms: number
  readonly created_by: string
  readonly expires_at_ms: number | null
  readonly last_used_at_ms: number | null
  readonly revoked_at_ms: number | null
}

/** When a token was last used is known to the minute: a write a call would cost more than the call. */
const useStepMs = 60_000

/**
 * Operators' API tokens. Read from the store at every call, so that a revocation counts at once, whichever coordinator
 * it was told to. Only hashes are stored.
 */
export class ApiTokens {
  readonly #dependencies: Dependencies
  readonly #revoked = new Set<(principal: string) => void>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Makes a token; `text` is it, and nobody can ask for it again.
   * @param keep is done before the token counts; when it fails, there is none.
   */
  async create(wanted: NewToken, keep?: (text: string) => Promise<void>): Promise<{ token: ApiToken; text: string }> {
    const { database, clock, random } = this.#dependencies
    const parts = mintToken(random)
    const nowMs = clock.now()
    const row: Row = {
      id: parts.id,
      name: wanted.name,
      role: wanted.role,
      apps_json: JSON.stringify(wanted.apps ?? []),
      secret_hash: hashSecret(parts.secret),
      created_at_ms: nowMs,
      created_by: wanted.createdBy,
      expires_at_ms: wanted.lifeMs === null ? null : nowMs + wanted.lifeMs,
      last_used_at_ms: null,
      revoked_at_ms: null,
    }
    const text = formatToken(parts)
    await keep?.(text)
    await database.insertInto('api_token').values(row).execute()
    return { token: toToken(row), text }
  }

  /** All of them, revoked and expired ones too, oldest first. */
  async list(): Promise<ApiToken[]> {
    const rows = await this.#dependencies.database
      .selectFrom('api_token')
      .selectAll()
      .orderBy('created_at_ms')
      .orderBy('id')
      .execute()
    return rows.map(toToken)
  }

  async hasAny(): Promise<boolean> {
    return (await this.#dependencies.database.selectFrom('api_token').select('id').limit(1).execute()).length > 0
  }

  /** What was revoked already stays so. @throws {RookeryError} NOT_FOUND. */
  async revoke(id: string): Promise<ApiToken> {
    const { database, clock } = this.#dependencies
    await database
      .updateTable('api_token')
      .set({ revoked_at_ms: clock.now() })
      .where('id', '=', id)
      .where('revoked_at_ms', 'is', null)
      .execute()
    const row = await this.#find(id)
    if (!row) throw new RookeryError('NOT_FOUND', `no token ${id}`)
    for (const tell of this.#revoked) tell(principalId(id))
    return toToken(row)
  }

  /** Calls back with the principal whose token was revoked here. */
  onRevoked(listener: (principal: string) => void): void {
    this.#revoked.add(listener)
  }

  /**
   * Who bears a token.
   * @throws {RookeryError} UNAUTHORIZED. What exactly is wrong with a token, only its bearer is told: who has its secret.
   */
  async authenticate(text: string): Promise<Principal> {
    const parts = parseToken(text)
    const row = parts && (await this.#find(parts.id))
    if (!parts || !row || !isSecret(parts.secret, row.secret_hash))
      throw new RookeryError('UNAUTHORIZED', 'the token is not one of this coordinator')
    const fault = this.#faultOf(row)
    if (fault !== undefined) throw new RookeryError('UNAUTHORIZED', `the token ${row.id} ${fault}`)
    await this.#noteUse(row)
    return toPrincipal(row)
  }

  /** Whether who came with a token may stay: it is neither revoked nor expired by now. */
  async isGood(principal: string): Promise<boolean> {
    const row = await this.#find(principal.slice(principalId('').length))
    return row !== undefined && this.#faultOf(row) === undefined
  }

  #faultOf({ revoked_at_ms, expires_at_ms }: Row): string | undefined {
    if (revoked_at_ms !== null) return 'was revoked'
    if (expires_at_ms === null || expires_at_ms > this.#dependencies.clock.now()) return undefined
    return `expired on ${new Date(expires_at_ms).toISOString()}`
  }

  /** A call does not fail because this could not be noted. */
  async #noteUse({ id, last_used_at_ms }: Row): Promise<void> {
    const { database, clock, logger } = this.#dependencies
    const nowMs = clock.now()
    if (last_used_at_ms !== null && nowMs - last_used_at_ms < useStepMs) return
    try {
      await database.updateTable('api_token').set({ last_used_at_ms: nowMs }).where('id', '=', id).execute()
    } catch (error) {
      logger.warn({ error, token: id }, 'the use of a token was not noted')
    }
  }

  #find(id: string): Promise<Row | undefined> {
    return this.#dependencies.database.selectFrom('api_token').selectAll().where('id', '=', id).executeTakeFirst()
  }
}

function principalId(id: string): string {
  return `token:${id}`
}

function toPrincipal(row: Row): Principal {
  const { id, name, role, expires_at_ms } = row
  return { id: principalId(id), name, role, apps: JSON.parse(row.apps_json), expiresAtMs: expires_at_ms }
}

function toToken(row: Row): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    apps: row.role === 'deployer' ? JSON.parse(row.apps_json) : null,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    expiresAtMs: row.expires_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    revokedAtMs: row.revoked_at_ms,
  }
}
