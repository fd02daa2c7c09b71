import type { AppSource } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** The apps this coordinator deploys and where their sources are. */
export class AppStore {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async put(name: string, source: AppSource): Promise<void> {
    const columns = { source_json: JSON.stringify(source) }
    await this.#dependencies.database
      .insertInto('app')
      .values({ name, ...columns, created_at_ms: this.#dependencies.clock.now() })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
      .execute()
  }

  async list(): Promise<{ name: string; source: AppSource }[]> {
    const rows = await this.#dependencies.database.selectFrom('app').selectAll().orderBy('name').execute()
    return rows.map((row) => ({ name: row.name, source: JSON.parse(row.source_json) }))
  }

  /** @throws {RookeryError} NOT_FOUND. */
  async source(name: string): Promise<AppSource> {
    const row = await this.#dependencies.database
      .selectFrom('app')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst()
    if (!row) throw new RookeryError('NOT_FOUND', `no app ${name}; register it with: rookery app add ${name} --git URL`)
    return JSON.parse(row.source_json)
  }
}
