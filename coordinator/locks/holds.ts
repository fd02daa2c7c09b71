import type { Hold, HoldRequest } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Random } from '../../runtime/random.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly hub: EventHub
  readonly clock: Clock
  readonly random: Random
}

interface Row {
  readonly id: string
  readonly app: string
  readonly reason: string
  readonly held_by: string
  readonly since_ms: number
  readonly until_ms: number | null
}

const allApps = '*'
const unnamed = 'an operator'

/**
 * Who keeps which app from being deployed, and why. Read from the store every time: another coordinator may have
 * written there. Each hold, release and expiry is an event.
 */
export class Holds {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Those that have not expired, oldest first. Rejects when the store does not answer. */
  async all(): Promise<Hold[]> {
    const { database, clock } = this.#dependencies
    const rows = await database
      .selectFrom('hold')
      .selectAll()
      .where((row) => row.or([row('until_ms', 'is', null), row('until_ms', '>', clock.now())]))
      .orderBy('since_ms')
      .orderBy('id')
      .execute()
    return rows.map(toHold)
  }

  /** @throws {RookeryError} REQUEST_INVALID when it would end in the past. */
  async hold({ app, reason, by = unnamed, untilMs = undefined }: HoldRequest): Promise<Hold> {
    const { database, hub, clock, random } = this.#dependencies
    const sinceMs = clock.now()
    if (untilMs !== undefined && untilMs <= sinceMs)
      throw new RookeryError('REQUEST_INVALID', `body.untilMs: ${new Date(untilMs).toISOString()} is over already`)
    const id = `h-${Buffer.from(random.bytes(4)).toString('hex')}`
    const hold = { id, app, reason, by, sinceMs, untilMs: untilMs ?? null }
    await database
      .insertInto('hold')
      .values({ id, app: app ?? allApps, reason, held_by: by, since_ms: sinceMs, until_ms: hold.untilMs })
      .execute()
    await hub.publish({ type: 'lock.held', app: app ?? undefined, data: { ...hold } })
    return hold
  }

  /** @throws {RookeryError} NOT_FOUND. */
  async release(id: string, by: string = unnamed): Promise<Hold> {
    const { database } = this.#dependencies
    const row = await database.deleteFrom('hold').where('id', '=', id).returningAll().executeTakeFirst()
    if (!row) throw new RookeryError('NOT_FOUND', `no hold ${id}`)
    const [hold] = await this.#released([row], { by, expired: false })
    return hold!
  }

  /**
   * Releases every hold of an app, but not those on all apps; null: those.
   * @throws {RookeryError} NOT_FOUND when there is none.
   */
  async releaseApp(app: string | null, by: string = unnamed): Promise<Hold[]> {
    const { database } = this.#dependencies
    const rows = await database
      .deleteFrom('hold')
      .where('app', '=', app ?? allApps)
      .returningAll()
      .execute()
    if (rows.length === 0) {
      const others = (await this.all()).filter((hold) => hold.app === null)
      const hint = app !== null && others.length > 0 ? `; a hold on all apps is ${others[0]!.id}` : ''
      throw new RookeryError('NOT_FOUND', `nobody holds ${app ?? 'all apps'}${hint}`)
    }
    return this.#released(rows, { by, expired: false })
  }

  /** Forgets what has expired. Of several coordinators, one tells of it. */
  async releaseExpired(): Promise<void> {
    const { database, clock } = this.#dependencies
    const rows = await database.deleteFrom('hold').where('until_ms', '<=', clock.now()).returningAll().execute()
    await this.#released(rows, { by: 'rookery', expired: true })
  }

  async #released(rows: readonly Row[], how: { by: string; expired: boolean }): Promise<Hold[]> {
    const holds = rows.map(toHold)
    for (const { id, app, reason } of holds)
      await this.#dependencies.hub.publish({
        type: 'lock.released',
        app: app ?? undefined,
        data: { id, app, reason, ...how },
      })
    return holds
  }
}

function toHold({ id, app, reason, held_by, since_ms, until_ms }: Row): Hold {
  return { id, app: app === allApps ? null : app, reason, by: held_by, sinceMs: since_ms, untilMs: until_ms }
}
