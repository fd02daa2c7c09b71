import { createHash, timingSafeEqual } from 'node:crypto'
import type { JoinToken, JoinTokenRequest } from '../../proto/http/identity.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Random } from '../../runtime/random.ts'
import { formatJoinToken } from '../../trust/join-token.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly authorityFingerprint: string
}

const idBytes = 6
const secretBytes = 32
const defaultLifetimeMs = 3_600_000
/** A token that lies about for longer than a month is forgotten and found by somebody else. */
const longestLifetimeMs = 31 * 86_400_000

/** What newcomers may join with: for how many, until when, and as what. Only a hash of the secret is stored. */
export class JoinTokens {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** The only time that the token itself is to be had. @throws {RookeryError} REQUEST_INVALID. */
  async create(request: JoinTokenRequest, by: string): Promise<{ token: string; view: JoinToken }> {
    const { database, clock, random, authorityFingerprint } = this.#dependencies
    const { service, pools, uses = 1, expiresInMs = defaultLifetimeMs } = request
    if ((service === undefined) === (pools === undefined))
      throw new RookeryError('REQUEST_INVALID', 'body: give either `pools` (for hosts) or `service`')
    if (expiresInMs > longestLifetimeMs)
      throw new RookeryError('REQUEST_INVALID', 'body.expiresInMs: a join token lives 31 days at most')
    const id = Buffer.from(random.bytes(idBytes)).toString('hex')
    const secret = Buffer.from(random.bytes(secretBytes)).toString('base64url')
    const row = {
      id,
      secret_hash: hashOf(secret),
      service: service ?? null,
      pools_json: pools === undefined ? null : JSON.stringify(pools),
      max_uses: uses,
      uses: 0,
      created_at_ms: clock.now(),
      created_by: by,
      expires_at_ms: clock.now() + expiresInMs,
      revoked_at_ms: null,
    }
    await database.insertInto('join_token').values(row).execute()
    return { token: formatJoinToken({ id, secret, authorityFingerprint }), view: toView(row) }
  }

  /** Newest first; those that count no more as well, for a month. */
  async all(): Promise<JoinToken[]> {
    const { database, clock } = this.#dependencies
    const rows = await database
      .selectFrom('join_token')
      .selectAll()
      .where('expires_at_ms', '>', clock.now() - longestLifetimeMs)
      .orderBy('created_at_ms', 'desc')
      .orderBy('id')
      .execute()
    return rows.map(toView)
  }

  /** @throws {RookeryError} NOT_FOUND. */
  async revoke(id: string): Promise<JoinToken> {
    const { database, clock } = this.#dependencies
    await database
      .updateTable('join_token')
      .set({ revoked_at_ms: clock.now() })
      .where('id', '=', id)
      .where('revoked_at_ms', 'is', null)
      .execute()
    const row = await database.selectFrom('join_token').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new RookeryError('NOT_FOUND', `no join token ${id}`)
    return toView(row)
  }

  /**
   * Whom a token lets in; nothing is used up by asking.
   * @throws {RookeryError} IDENTITY_INVALID, the same for an unknown id and a wrong secret.
   */
  async check(id: string, secret: string): Promise<JoinToken> {
    const { database, clock } = this.#dependencies
    const row = await database.selectFrom('join_token').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row || !isSame(row.secret_hash, hashOf(secret))) throw refused('is not known')
    if (row.revoked_at_ms !== null) throw refused('is revoked')
    if (row.expires_at_ms <= clock.now()) throw refused('has expired')
    return toView(row)
  }

  /** Uses it up once; one statement, so that two at the same time cannot both have the last use. @throws {RookeryError} IDENTITY_INVALID. */
  async use(id: string): Promise<void> {
    const { database, clock } = this.#dependencies
    const { numUpdatedRows } = await database
      .updateTable('join_token')
      .set((row) => ({ uses: row('uses', '+', 1) }))
      .where('id', '=', id)
      .where('revoked_at_ms', 'is', null)
      .where('expires_at_ms', '>', clock.now())
      .whereRef('uses', '<', 'max_uses')
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw refused('is used up')
  }
}

function refused(how: string): RookeryError {
  return new RookeryError('IDENTITY_INVALID', `the join token ${how}`)
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

interface Row {
  readonly id: string
  readonly service: string | null
  readonly pools_json: string | null
  readonly max_uses: number
  readonly uses: number
  readonly created_at_ms: number
  readonly created_by: string
  readonly expires_at_ms: number
  readonly revoked_at_ms: number | null
}

function toView(row: Row): JoinToken {
  return {
    id: row.id,
    service: row.service as JoinToken['service'],
    pools: row.pools_json === null ? null : JSON.parse(row.pools_json),
    uses: row.uses,
    maxUses: row.max_uses,
    createdAtMs: row.created_at_ms,
    createdBy: row.created_by,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
  }
}
