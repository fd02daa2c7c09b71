import { createPublicKey } from 'node:crypto'
import type { Release } from '../../proto/http/api.ts'
import {
  decodeRevocation,
  encodeRevocation,
  isRevokedBy,
  isSignedBy,
  type ReleaseAge,
  type ReleaseRevocation,
  revocationReason,
  type SignedRevocation,
} from '../../proto/release-revocation.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { Database } from '../store/database.ts'
import type { ReleaseStore } from './release-store.ts'
import type { Signer } from './signer.ts'

interface Dependencies {
  readonly database: Database
  readonly store: ReleaseStore
  readonly signer: Signer
  readonly hub: EventHub
  readonly clock: Clock
  readonly logger: Logger
}

interface Entry extends SignedRevocation {
  readonly revocation: ReleaseRevocation
  readonly by: string | null
}

/** Releases that must not go live any more: by signed statements, which hosts are given and keep. None is ever taken back. */
export class Revocations {
  readonly #dependencies: Dependencies
  /** By sequence. */
  readonly #entries: Entry[] = []
  /** By app: the one whose release is the newest, which says all that the others say. */
  readonly #newest = new Map<string, Entry>()
  /** Every release of the store that one of them covers. */
  readonly #refused = new Map<string, Entry>()
  readonly #listeners = new Set<() => void>()
  /** One after the other, since they are counted. */
  #revoking: Promise<unknown> = Promise.resolve()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Reads all, and signs anew what a key signed that is no longer in use: hosts may have forgotten that. */
  async load(): Promise<void> {
    const { database, signer, logger } = this.#dependencies
    const rows = await database.selectFrom('release_revocation').selectAll().orderBy('sequence').execute()
    const key = createPublicKey(signer.publicPem)
    for (const { sequence, statement, signature, revoked_by: by } of rows) {
      let signed: SignedRevocation = { statement, signature }
      if (!isSignedBy(signed, [key])) {
        try {
          signed = { statement, signature: await signer.sign(statement) }
          const renewed = { signature: signed.signature }
          await database.updateTable('release_revocation').set(renewed).where('sequence', '=', sequence).execute()
        } catch (error) {
          logger.error({ sequence }, `a revocation could not be signed with the key in use: ${errorMessage(error)}`)
        }
      }
      this.#remember({ ...signed, revocation: decodeRevocation(statement), by })
    }
    for (const app of this.#newest.keys()) await this.#mark(app)
  }

  /**
   * Revokes a release, and with it those of its app that were created before. One that is revoked already stays as it is.
   * @throws {RookeryError} NOT_FOUND; CONFLICT when it was never built to its end; SIGNING_FAILED.
   */
  revoke(releaseId: string, reason: string, by: string | null): Promise<void> {
    const revoked = this.#revoking.then(() => this.#revoke(releaseId, reason, by))
    this.#revoking = revoked.catch(() => {})
    return revoked
  }

  /** What hosts are to know: for each app, the statement on the newest release. */
  get current(): SignedRevocation[] {
    return [...this.#newest.values()].map(({ statement, signature }) => ({ statement, signature }))
  }

  /** Why a release of the store must not go live any more; undefined when it may. */
  refusal(releaseId: string): string | undefined {
    const entry = this.#refused.get(releaseId)
    return entry && revocationReason({ releaseId }, entry.revocation)
  }

  /** @throws {RookeryError} RELEASE_REVOKED. */
  refuse(age: ReleaseAge): void {
    const entry = this.#newest.get(age.app)
    if (entry && isRevokedBy(age, entry.revocation))
      throw new RookeryError('RELEASE_REVOKED', revocationReason(age, (this.#own(age) ?? entry).revocation))
  }

  /** The release as it is shown. */
  marked(release: Release): Release {
    const entry = this.#refused.get(release.id)
    if (!entry) return release
    const { releaseId, reason, revokedAtMs: atMs } = entry.revocation
    return { ...release, revoked: { releaseId, reason, by: entry.by, atMs } }
  }

  /** Calls back when there is a new one, after it is stored. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  async #revoke(releaseId: string, reason: string, by: string | null): Promise<void> {
    const { database, store, signer, hub, clock } = this.#dependencies
    const { app, createdAtMs: releaseCreatedAtMs } = await store.age(releaseId)
    if (this.#own({ releaseId })) return
    const sequence = (this.#entries.at(-1)?.revocation.sequence ?? 0) + 1
    const about = { schemaVersion: 1 as const, app, releaseId, releaseCreatedAtMs }
    const revocation = { ...about, reason, revokedAtMs: clock.now(), sequence }
    const statement = encodeRevocation(revocation)
    const signature = await signer.sign(statement)
    const row = { sequence, release_id: releaseId, statement, signature, revoked_by: by }
    await database.insertInto('release_revocation').values(row).execute()
    this.#remember({ statement, signature, revocation, by })
    await this.#mark(app)
    for (const listener of this.#listeners) listener()
    await hub.publish({ type: 'release.revoked', app, data: { releaseId, reason, by } })
  }

  #own({ releaseId }: Pick<ReleaseAge, 'releaseId'>): Entry | undefined {
    return this.#entries.find(({ revocation }) => revocation.releaseId === releaseId)
  }

  #remember(entry: Entry): void {
    const { app, releaseCreatedAtMs } = entry.revocation
    this.#entries.push(entry)
    const newest = this.#newest.get(app)
    if (!newest || newest.revocation.releaseCreatedAtMs <= releaseCreatedAtMs) this.#newest.set(app, entry)
  }

  async #mark(app: string): Promise<void> {
    const newest = this.#newest.get(app)!
    for (const age of await this.#dependencies.store.ages(app))
      if (isRevokedBy(age, newest.revocation)) this.#refused.set(age.releaseId, this.#own(age) ?? newest)
  }
}
