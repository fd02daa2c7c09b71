import { setImmediate } from 'node:timers/promises'
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

/** Most events that are stored together. */
const maxGroup = 500

interface PendingEvent {
  readonly event: ApiEvent
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Events for whoever watches. Persisted ones are numbered and can be read again from any number on. */
export class EventHub {
  readonly #listeners = new Set<Listener>()
  readonly #database: Database
  readonly #clock: Clock
  #pending: PendingEvent[] = []
  #writing: Promise<void> | undefined

  constructor(dependencies: Dependencies) {
    this.#database = dependencies.database
    this.#clock = dependencies.clock
  }

  /** Stores the event, then tells the watchers: nobody is told of an event that a restart could lose. In order. */
  publish(event: NewEvent): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#pending.push({ event: this.#complete(event, null), resolve, reject })
    this.#writing ??= this.#write()
    return promise
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

  /** What is published while others are stored is stored together. */
  async #write(): Promise<void> {
    while (this.#pending.length > 0) {
      await setImmediate()
      const group = this.#pending.splice(0, maxGroup)
      try {
        const stored = await this.#store(group.map(({ event }) => event))
        for (const event of stored) this.#tell(event)
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = undefined
  }

  /** All or none. */
  async #store(events: readonly ApiEvent[]): Promise<ApiEvent[]> {
    return this.#database.transaction().execute(async (transaction) => {
      const stored: ApiEvent[] = []
      for (const event of events) {
        const { id } = await transaction
          .insertInto('event')
          .values({
            at_ms: event.atMs,
            type: event.type,
            rollout_id: event.rolloutId,
            app: event.app,
            host: event.host,
            data_json: JSON.stringify(event.data),
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        stored.push({ ...event, id })
      }
      return stored
    })
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
