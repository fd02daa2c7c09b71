import type { ApiEvent, EventType } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GroupedWork } from '../../runtime/grouped-work.ts'
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
  readonly #writes = new GroupedWork<ApiEvent>((events) => this.#write(events))

  constructor(dependencies: Dependencies) {
    this.#database = dependencies.database
    this.#clock = dependencies.clock
  }

  /** Stores the event, then tells the watchers: nobody is told of an event that a restart could lose. In order. */
  publish(event: NewEvent): Promise<void> {
    return this.#writes.add(this.#complete(event, null))
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
    await this.#writes.idle()
  }

  async #write(events: readonly ApiEvent[]): Promise<void> {
    for (const event of await this.#store(events)) this.#tell(event)
  }

  /** All or none. Ids grow in the order of the events. */
  async #store(events: readonly ApiEvent[]): Promise<ApiEvent[]> {
    const rows = events.map((event) => ({
      at_ms: event.atMs,
      type: event.type,
      rollout_id: event.rolloutId,
      app: event.app,
      host: event.host,
      data_json: JSON.stringify(event.data),
    }))
    const stored = await this.#database.insertInto('event').values(rows).returning('id').execute()
    const ids = stored.map(({ id }) => id).sort((a, b) => a - b)
    return events.map((event, index) => ({ ...event, id: ids[index]! }))
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
