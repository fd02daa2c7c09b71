import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import type { CertifiedIdentity, JoinToken } from '../../proto/http/identity.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { type Identity, serialOf } from '../../trust/identity.ts'
import type { Database } from '../store/database.ts'
import type { Issued } from './authority.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

interface Revoked {
  readonly serial: string
  readonly revokedAtMs: number
}

/** Every certificate that was issued, and to whom; what has expired is forgotten, since it counts nowhere. */
export class Certificates {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async add(identity: Identity, issued: Issued): Promise<void> {
    const { database, clock } = this.#dependencies
    await database
      .insertInto('certificate')
      .values({
        serial: issued.serial,
        kind: identity.kind,
        name: identity.name,
        key_hash: publicKeyHash(new X509Certificate(issued.certificate).publicKey),
        issued_at_ms: clock.now(),
        not_after_ms: issued.notAfterMs,
        revoked_at_ms: null,
        reason: null,
      })
      .execute()
  }

  /** Notes a certificate that comes from elsewhere, so that it can be revoked here. */
  async seen(identity: Identity, certificate: X509Certificate): Promise<void> {
    const { database, clock } = this.#dependencies
    await database
      .insertInto('certificate')
      .values({
        serial: serialOf(certificate),
        kind: identity.kind,
        name: identity.name,
        key_hash: publicKeyHash(certificate.publicKey),
        issued_at_ms: clock.now(),
        not_after_ms: certificate.validToDate.getTime(),
        revoked_at_ms: null,
        reason: null,
      })
      .onConflict((conflict) => conflict.column('serial').doNothing())
      .execute()
  }

  /** Hashes of the keys with which somebody can be this one now. */
  async liveKeys({ kind, name }: Identity): Promise<string[]> {
    const { database, clock } = this.#dependencies
    const rows = await database
      .selectFrom('certificate')
      .select('key_hash')
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where('revoked_at_ms', 'is', null)
      .where('not_after_ms', '>', clock.now())
      .execute()
    return rows.map(({ key_hash }) => key_hash)
  }

  async bind(host: string, pools: JoinToken['pools']): Promise<void> {
    const pools_json = JSON.stringify(pools)
    await this.#dependencies.database
      .insertInto('host_binding')
      .values({ host, pools_json })
      .onConflict((conflict) => conflict.column('host').doUpdateSet({ pools_json }))
      .execute()
  }

  /** Pools that a host may serve in; `*` is any, also for one whose certificate comes from elsewhere. */
  async poolsOf(host: string): Promise<'*' | readonly string[]> {
    const row = await this.#dependencies.database
      .selectFrom('host_binding')
      .select('pools_json')
      .where('host', '=', host)
      .executeTakeFirst()
    return row ? JSON.parse(row.pools_json) : '*'
  }

  /** All of an identity's that count. @throws {RookeryError} NOT_FOUND when there is none. */
  async revoke({ kind, name }: Identity, reason: string): Promise<void> {
    const { database, clock } = this.#dependencies
    const last = await database
      .selectFrom('certificate')
      .select((row) => row.fn.max('revoked_at_ms').as('atMs'))
      .executeTakeFirst()
    const { numUpdatedRows } = await database
      .updateTable('certificate')
      // Later than any before, whatever the clock says: the time is the version of the list as well.
      .set({ revoked_at_ms: Math.max(clock.now(), (last?.atMs ?? 0) + 1), reason })
      .where('kind', '=', kind)
      .where('name', '=', name)
      .where('revoked_at_ms', 'is', null)
      .where('not_after_ms', '>', clock.now())
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new RookeryError('NOT_FOUND', `${kind} ${name} has no certificate that counts`)
  }

  /** Those that would count otherwise, oldest revocation first. */
  async revoked(): Promise<Revoked[]> {
    const { database, clock } = this.#dependencies
    const rows = await database
      .selectFrom('certificate')
      .select(['serial', 'revoked_at_ms'])
      .where('revoked_at_ms', 'is not', null)
      .where('not_after_ms', '>', clock.now())
      .orderBy('revoked_at_ms')
      .orderBy('serial')
      .execute()
    return rows.map((row) => ({ serial: row.serial, revokedAtMs: row.revoked_at_ms! }))
  }

  /** Each identity once, with its newest certificate. */
  async identities(): Promise<CertifiedIdentity[]> {
    const { database, clock } = this.#dependencies
    const rows = await database
      .selectFrom('certificate')
      .leftJoin('host_binding', (join) =>
        join.onRef('host_binding.host', '=', 'certificate.name').on('certificate.kind', '=', 'host'),
      )
      .selectAll('certificate')
      .select('host_binding.pools_json')
      .where('not_after_ms', '>', clock.now())
      .orderBy('kind')
      .orderBy('name')
      .orderBy('issued_at_ms', 'desc')
      .execute()
    const newest = new Map(rows.toReversed().map((row) => [`${row.kind}:${row.name}`, row]))
    return [...newest.values()].toReversed().map((row) => ({
      kind: row.kind,
      name: row.name,
      pools: row.pools_json === null ? null : JSON.parse(row.pools_json),
      serial: row.serial,
      notAfterMs: row.not_after_ms,
      revokedAtMs: row.revoked_at_ms,
      reason: row.reason,
    }))
  }

  async forgetExpired(): Promise<void> {
    const { database, clock } = this.#dependencies
    await database.deleteFrom('certificate').where('not_after_ms', '<=', clock.now()).execute()
  }
}

/** SHA-256 of the key's SubjectPublicKeyInfo, hex. */
export function publicKeyHash(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}
