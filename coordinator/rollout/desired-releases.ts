import type { Clock } from '../../runtime/clock.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

interface PooledHost {
  readonly name: string
  readonly pools: readonly string[]
}

/** What a rollout that ended well made the rule. */
interface Decision {
  readonly app: string
  readonly releaseId: string
  readonly rolloutId: string
}

/**
 * What should run of each app: in each pool, the release of the last rollout that ended well there; on hosts that a
 * deploy named, that release, until their pools get another.
 */
export class DesiredReleases {
  readonly #dependencies: Dependencies
  readonly #byAppAndPool = new Map<string, { releaseId: string; atMs: number }>()
  readonly #byAppAndHost = new Map<string, string>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async load(): Promise<void> {
    const { database } = this.#dependencies
    for (const row of await database.selectFrom('desired_release').selectAll().execute())
      this.#byAppAndPool.set(key(row.app, row.pool), { releaseId: row.release_id, atMs: row.at_ms })
    for (const row of await database.selectFrom('desired_of_host').selectAll().execute())
      this.#byAppAndHost.set(key(row.app, row.host), row.release_id)
  }

  ofPool(app: string, pool: string): string | null {
    return this.#byAppAndPool.get(key(app, pool))?.releaseId ?? null
  }

  /** Null when none of its pools should run the app. */
  ofHost(app: string, { name, pools }: PooledHost): string | null {
    const named = this.#byAppAndHost.get(key(app, name))
    if (named !== undefined) return named
    return pools.map((pool) => this.ofPool(app, pool)).find((releaseId) => releaseId !== null) ?? null
  }

  /** What was made live last in any pool of the app. */
  ofApp(app: string): string | null {
    const entries = [...this.#byAppAndPool].filter(([name]) => name.startsWith(`${app}/`)).map(([, entry]) => entry)
    return entries.sort((a, b) => b.atMs - a.atMs)[0]?.releaseId ?? null
  }

  /** Pools that should run some release of the app. */
  poolsOf(app: string): string[] {
    return [...this.#byAppAndPool.keys()]
      .filter((name) => name.startsWith(`${app}/`))
      .map((name) => name.slice(app.length + 1))
  }

  /** What these pools should run from now on, and with them the hosts that were moved. */
  async setPools(
    { app, releaseId, rolloutId }: Decision,
    pools: readonly string[],
    hosts: readonly string[],
  ): Promise<void> {
    const { database, clock } = this.#dependencies
    const atMs = clock.now()
    const columns = { release_id: releaseId, rollout_id: rolloutId, at_ms: atMs }
    await database.transaction().execute(async (transaction) => {
      for (const pool of pools)
        await transaction
          .insertInto('desired_release')
          .values({ app, pool, ...columns })
          .onConflict((conflict) => conflict.columns(['app', 'pool']).doUpdateSet(columns))
          .execute()
      for (const host of hosts)
        await transaction.deleteFrom('desired_of_host').where('app', '=', app).where('host', '=', host).execute()
    })
    for (const pool of pools) this.#byAppAndPool.set(key(app, pool), { releaseId, atMs })
    for (const host of hosts) this.#byAppAndHost.delete(key(app, host))
  }

  /** What these hosts should run from now on, whatever their pools do. */
  async setHosts({ app, releaseId, rolloutId }: Decision, hosts: readonly string[]): Promise<void> {
    const columns = { release_id: releaseId, rollout_id: rolloutId }
    await this.#dependencies.database.transaction().execute(async (transaction) => {
      for (const host of hosts)
        await transaction
          .insertInto('desired_of_host')
          .values({ app, host, ...columns })
          .onConflict((conflict) => conflict.columns(['app', 'host']).doUpdateSet(columns))
          .execute()
    })
    for (const host of hosts) this.#byAppAndHost.set(key(app, host), releaseId)
  }
}

/** An app's name holds no slash. */
function key(app: string, name: string): string {
  return `${app}/${name}`
}
