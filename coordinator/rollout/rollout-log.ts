import type { RolloutSummary } from '../../proto/http/api.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Database } from '../store/database.ts'
import type { RolloutEvent } from './events.ts'
import { rolloutSummary } from './rollout-view.ts'
import type { RolloutState } from './state.ts'
import { readSummary, replay } from './stored-events.ts'

/** So many of the last rollouts may be watched: more than end within the longest watch. */
const mostWatched = 500
/** So many of the last rollouts come into question when another turns bad. */
const mostOthers = 50

/** Rollouts as they are stored: the events are the truth, the summary row is what lists are read from. */
export class RolloutLog {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Stores events and the state they led to, all together or not at all. `sequence` counts a rollout's events from 0. */
  async append(state: RolloutState, sequence: number, events: readonly RolloutEvent[]): Promise<void> {
    const summary = { summary_json: JSON.stringify(rolloutSummary(state)), settled: 0 }
    await this.#database.transaction().execute(async (transaction) => {
      const bodies = events.map((event, index) => {
        return { rollout_id: state.id, sequence: sequence + index, body_json: JSON.stringify(event) }
      })
      await transaction.insertInto('rollout_event').values(bodies).execute()
      await transaction
        .insertInto('rollout')
        .values({ id: state.id, app: state.app, created_at_ms: state.createdAtMs, ...summary })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(summary))
        .execute()
    })
  }

  /** Marks a rollout as one that needs no more work, also not after a restart. */
  async settle(id: string): Promise<void> {
    await this.#database.updateTable('rollout').set({ settled: 1 }).where('id', '=', id).execute()
  }

  /** Replays a rollout. @throws {RookeryError} NOT_FOUND. */
  async load(id: string): Promise<{ state: RolloutState; events: number }> {
    const rows = await this.#database
      .selectFrom('rollout_event')
      .select('body_json')
      .where('rollout_id', '=', id)
      .orderBy('sequence')
      .execute()
    const state = replay(rows.map((row) => row.body_json))
    if (state === undefined) throw new RookeryError('NOT_FOUND', `no rollout ${id}`)
    return { state, events: rows.length }
  }

  /** Ids of the rollouts that have work left, oldest first. */
  async unsettled(): Promise<string[]> {
    const rows = await this.#database
      .selectFrom('rollout')
      .select('id')
      .where('settled', '=', 0)
      .orderBy('created_at_ms')
      .execute()
    return rows.map((row) => row.id)
  }

  async has(id: string): Promise<boolean> {
    const row = await this.#database.selectFrom('rollout').select('id').where('id', '=', id).executeTakeFirst()
    return row !== undefined
  }

  /** Of each app, the rollout that was asked for last of those that have ended and concern the release that pools run. */
  async lastSettledIds(): Promise<string[]> {
    const rows = await this.#database
      .selectFrom('rollout')
      .select(['id', 'app', 'summary_json'])
      .where('settled', '=', 1)
      .orderBy('created_at_ms')
      .execute()
    const last = new Map<string, string>()
    for (const { id, app, summary_json } of rows) {
      const { kind, prefetch } = readSummary(summary_json)
      if ((kind === 'deploy' || kind === 'rollback') && !prefetch) last.set(app, id)
    }
    return [...last.values()]
  }

  /** Rollouts that have ended and whose hosts are watched still. */
  async watchedIds(): Promise<string[]> {
    const ended = await this.list({ limit: mostWatched })
    return ended.filter(({ watchUntilMs }) => watchUntilMs != null).map(({ id }) => id)
  }

  /** Rollouts of other apps that were under way since then. */
  async ofOthers(app: string, sinceMs: number): Promise<RolloutState[]> {
    const recent = (await this.list({ limit: mostOthers })).filter(
      (other) => other.app !== app && other.startedAtMs !== null && (other.endedAtMs ?? sinceMs) >= sinceMs,
    )
    return Promise.all(recent.map(async ({ id }) => (await this.load(id)).state))
  }

  /** Newest first. */
  async list(options: { app?: string; limit: number }): Promise<RolloutSummary[]> {
    let select = this.#database
      .selectFrom('rollout')
      .select('summary_json')
      .orderBy('created_at_ms', 'desc')
      .limit(options.limit)
    if (options.app !== undefined) select = select.where('app', '=', options.app)
    return (await select.execute()).map((row) => readSummary(row.summary_json))
  }
}
