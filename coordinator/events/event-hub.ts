import type { ApiEvent, EventType } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Database } from '../store/database.ts'

export interface NewEvent {
  readonly type: EventType
  readonly rolloutId?: string
  readonly app?: string
  readonly host?: string
  readonly data: Record<string, unknown>
}

type Listener = (event: ApiEvent) => void

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** Events for whoever watches. Persisted ones are numbered and can be read again from any number on. */
export class EventHub {
  readonly #listeners = new Set<Listener>()
  readonly #database: Database
  readonly #clock: Clock
  #writing: Promise<unknown> = Promise.resolve()

  constructor(dependencies: Dependencies) {
    this.#database = dependencies.database
    this.#clock = dependencies.clock
  }

  /** Stores the event, then tells the watchers: nobody is told of an event that a restart could lose. In order. */
  publish(event: NewEvent): Promise<void> {
    const stored = this.#writing.then(() => this.#store(event))
    this.#writing = stored.catch(() => {})
    return stored
  }

  /** Tells only those who watch now; for news that the next supersede. */
  broadcast(event: NewEvent): void {
    this.#tell(this.#complete(event, null))
  }

  /** Stored events after `id`, oldest first. */
  async after(id: number, limit: number): Promise<ApiEvent[]> {
    const rows = await this.#database
      .selectFrom('event')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      id: row.id,
      type: row.type as EventType,
      atMs: row.at_ms,
      rolloutId: row.rollout_id,
      app: row.app,
      host: row.host,
      data: JSON.parse(row.data_json),
    }))
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves once everything published so far is stored. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async #store(event: NewEvent): Promise<void> {
    const complete = this.#complete(event, null)
    const row = await this.#database
      .insertInto('event')
      .values({
        at_ms: complete.atMs,
        type: complete.type,
        rollout_id: complete.rolloutId,
        app: complete.app,
        host: complete.host,
        data_json: JSON.stringify(complete.data),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    this.#tell({ ...complete, id: row.id })
  }

  #complete(event: NewEvent, id: number | null): ApiEvent {
    const { type, data } = event
    return {
      id,
      type,
      atMs: this.#clock.now(),
      rolloutId: event.rolloutId ?? null,
      app: event.app ?? null,
      host: event.host ?? null,
      data,
    }
  }

  #tell(event: ApiEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
