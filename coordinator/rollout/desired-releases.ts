import type { Clock } from '../../runtime/clock.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** What each pool should run of each app: the release of the last rollout that ended well there. */
export class DesiredReleases {
  readonly #dependencies: Dependencies
  readonly #byAppAndPool = new Map<string, { releaseId: string; atMs: number }>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async load(): Promise<void> {
    for (const row of await this.#dependencies.database.selectFrom('desired_release').selectAll().execute()) {
      this.#byAppAndPool.set(key(row.app, row.pool), { releaseId: row.release_id, atMs: row.at_ms })
    }
  }

  ofPool(app: string, pool: string): string | null {
    return this.#byAppAndPool.get(key(app, pool))?.releaseId ?? null
  }

  /** What was made live last in any pool of the app. */
  ofApp(app: string): string | null {
    const entries = [...this.#byAppAndPool].filter(([name]) => name.startsWith(`${app}/`)).map(([, entry]) => entry)
    return entries.sort((a, b) => b.atMs - a.atMs)[0]?.releaseId ?? null
  }

  async set(app: string, pools: readonly string[], releaseId: string, rolloutId: string): Promise<void> {
    const atMs = this.#dependencies.clock.now()
    for (const pool of pools) {
      const columns = { release_id: releaseId, rollout_id: rolloutId, at_ms: atMs }
      await this.#dependencies.database
        .insertInto('desired_release')
        .values({ app, pool, ...columns })
        .onConflict((conflict) => conflict.columns(['app', 'pool']).doUpdateSet(columns))
        .execute()
      this.#byAppAndPool.set(key(app, pool), { releaseId, atMs })
    }
  }
}

/** An app's name holds no slash. */
function key(app: string, pool: string): string {
  return `${app}/${pool}`
}
