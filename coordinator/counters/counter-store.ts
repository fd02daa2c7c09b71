import type { CounterQuery, CounterWindow } from '../../proto/http/api.ts'
import type { Database } from '../store/database.ts'

/** Counter windows as agents shipped them. */
export class CounterStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Stores windows inside the caller's transaction. A window that is there already stays as it is. */
  async insert(transaction: Database, windows: readonly (CounterWindow & { readonly app: string })[]): Promise<void> {
    for (const window of windows) {
      await transaction
        .insertInto('counter_window')
        .values({
          host: window.host,
          name: window.name,
          app: window.app,
          start_ms: window.startMs,
          width_ms: window.widthMs,
          count: window.count,
          sum: window.sum,
          sum_of_squares: window.sumOfSquares,
          min: window.min,
          max: window.max,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
  }

  /** Windows that match, newest first. */
  async read(query: CounterQuery): Promise<CounterWindow[]> {
    let select = this.#database
      .selectFrom('counter_window')
      .selectAll()
      .orderBy('start_ms', 'desc')
      .limit(query.limit ?? 1_000)
    if (query.name?.includes('*')) select = select.where('name', 'like', likePattern(query.name))
    else if (query.name !== undefined) select = select.where('name', '=', query.name)
    if (query.host !== undefined) select = select.where('host', '=', query.host)
    if (query.app !== undefined) select = select.where('app', '=', query.app)
    if (query.fromMs !== undefined) select = select.where('start_ms', '>=', query.fromMs)
    if (query.toMs !== undefined) select = select.where('start_ms', '<', query.toMs)
    return (await select.execute()).map((row) => ({
      name: row.name,
      host: row.host,
      startMs: row.start_ms,
      widthMs: row.width_ms,
      count: row.count,
      sum: row.sum,
      sumOfSquares: row.sum_of_squares,
      min: row.min,
      max: row.max,
    }))
  }
}

/** `*` as LIKE says it; a `_` in the name may match one letter too many, which in a search with wildcards does no harm. */
function likePattern(name: string): string {
  return name.replaceAll('%', '').replaceAll('*', '%')
}
