import { completePolicy, type RolloutPolicy } from '../../planning/policy.ts'
import type { Release } from '../../proto/http/api.ts'
import { decodeManifest, keyFingerprint } from '../../proto/release-manifest.ts'
import type { ReleaseAge } from '../../proto/release-revocation.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { completeImmune, type Immune } from '../app-config/immune.ts'
import type { Notification } from '../app-config/rookery-yml.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/schema.ts'

/** What a rollout of the release goes by: the parts of its rookery.yml that stay on the coordinator. */
export interface ReleasePolicy {
  readonly rollout: RolloutPolicy
  readonly immune: Immune
  readonly notifications: readonly Notification[]
}

export interface SignedRelease {
  readonly manifest: Uint8Array
  readonly signature: Uint8Array
  readonly policy: ReleasePolicy
}

type Row = { [K in keyof Tables['release']]: Tables['release'][K] }

/** Releases as rows; their artifacts are in ReleaseFiles. */
export class ReleaseStore {
  readonly #database: Database
  readonly #signedBy: string

  constructor(database: Database, publicPem: string) {
    this.#database = database
    this.#signedBy = keyFingerprint(publicPem)
  }

  async begin(id: string, app: string, revision: string, atMs: number): Promise<void> {
    const row = { id, app, revision, state: 'building' as const, created_at_ms: atMs }
    const empty = { build_ms: null, manifest: null, signature: null, policy_json: null, failure_json: null }
    await this.#database
      .insertInto('release')
      .values({ ...row, ...empty })
      .execute()
  }

  async finish(id: string, revision: string, signed: SignedRelease, buildMs: number): Promise<void> {
    const { manifest, signature, policy } = signed
    const done = {
      state: 'ready' as const,
      revision,
      manifest,
      signature,
      signed_by: this.#signedBy,
      policy_json: JSON.stringify(policy),
      build_ms: buildMs,
    }
    await this.#database.updateTable('release').set(done).where('id', '=', id).execute()
  }

  async fail(id: string, failure: { code: string; message: string }, buildMs: number | null): Promise<void> {
    const failed = { state: 'failed' as const, failure_json: JSON.stringify(failure), build_ms: buildMs }
    await this.#database.updateTable('release').set(failed).where('id', '=', id).execute()
  }

  async list(options: { app?: string; limit: number }): Promise<Release[]> {
    let select = this.#database.selectFrom('release').selectAll().orderBy('created_at_ms', 'desc').limit(options.limit)
    if (options.app !== undefined) select = select.where('app', '=', options.app)
    return (await select.execute()).map((row) => this.#view(row))
  }

  /** @throws {RookeryError} NOT_FOUND. */
  async get(id: string): Promise<Release> {
    return this.#view(await this.#row(id))
  }

  /**
   * The signed parts of a release that was built.
   * @throws {RookeryError} NOT_FOUND; CONFLICT while it is not ready.
   */
  async signed(id: string): Promise<SignedRelease> {
    const row = await this.#row(id)
    if (row.state !== 'ready' || !row.manifest || !row.signature || !row.policy_json) {
      throw new RookeryError('CONFLICT', `release ${id} is not ready: it is ${row.state}`)
    }
    const policy = JSON.parse(row.policy_json)
    const rollout = completePolicy(policy.rollout)
    const immune = completeImmune(policy.immune)
    return { manifest: row.manifest, signature: row.signature, policy: { ...policy, rollout, immune } }
  }

  /** The newest release of a revision that was built before. */
  async findBuilt(app: string, revision: string): Promise<string | undefined> {
    const row = await this.#database
      .selectFrom('release')
      .select('id')
      .where('app', '=', app)
      .where('revision', '=', revision)
      .where('state', '=', 'ready')
      .orderBy('created_at_ms', 'desc')
      .executeTakeFirst()
    return row?.id
  }

  /** @throws {RookeryError} NOT_FOUND; CONFLICT while it is not ready. */
  async age(id: string): Promise<ReleaseAge> {
    return ageOf((await this.signed(id)).manifest)
  }

  /** How old the releases of an app are that were built. */
  async ages(app: string): Promise<ReleaseAge[]> {
    const rows = await this.#database
      .selectFrom('release')
      .select('manifest')
      .where('app', '=', app)
      .where('state', '=', 'ready')
      .execute()
    return rows.flatMap(({ manifest }) => (manifest ? ageOf(manifest) : []))
  }

  async exists(id: string): Promise<boolean> {
    return (
      (await this.#database.selectFrom('release').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
    )
  }

  async inState(state: Row['state']): Promise<Release[]> {
    const rows = await this.#database.selectFrom('release').selectAll().where('state', '=', state).execute()
    return rows.map((row) => this.#view(row))
  }

  async #row(id: string): Promise<Row> {
    const row = await this.#database.selectFrom('release').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new RookeryError('NOT_FOUND', `no release ${id}`)
    return row
  }

  #view(row: Row): Release {
    return {
      id: row.id,
      app: row.app,
      revision: row.revision,
      state: row.state,
      createdAtMs: row.created_at_ms,
      buildMs: row.build_ms,
      manifest: row.manifest ? decodeManifest(row.manifest) : null,
      signedBy: row.signature ? (row.signed_by ?? this.#signedBy) : null,
      failure: row.failure_json ? JSON.parse(row.failure_json) : null,
    }
  }
}

function ageOf(manifest: Uint8Array): ReleaseAge {
  const { app, releaseId, createdAtMs } = decodeManifest(manifest)
  return { app, releaseId, createdAtMs }
}
