import type { FleetDifference } from '../../proto/http/fleet.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { Database } from '../store/database.ts'
import type { DifferenceName } from './differences.ts'

interface Dependencies {
  readonly database: Database
  readonly hub: EventHub
  readonly clock: Clock
}

/**
 * Tells of each difference once when it appears, and once when it is gone. What was told is stored after it was told: a
 * coordinator that is killed in between tells twice rather than never.
 */
export class FleetAlerts {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @param isJudged whether one that is not among them is gone. */
  async update(found: readonly FleetDifference[], isJudged: (name: DifferenceName) => boolean): Promise<void> {
    // That somebody drained a host, they know.
    const now = new Map(found.filter(({ kind }) => kind !== 'drained').map((one) => [keyOf(one), one]))
    const told = new Map((await this.#told()).map((one) => [keyOf(one), one]))
    const appeared = [...now].filter(([key]) => !told.has(key)).map(([, one]) => one)
    const gone = [...told].filter(([key, one]) => !now.has(key) && isJudged(one)).map(([, one]) => one)
    await Promise.all([...appeared.map((one) => this.#appeared(one)), ...gone.map((one) => this.#gone(one))])
  }

  async #told(): Promise<DifferenceName[]> {
    const rows = await this.#dependencies.database.selectFrom('fleet_alert').selectAll().execute()
    return rows.map(({ host, app, kind }) => ({
      host,
      app: app === '' ? null : app,
      kind: kind as DifferenceName['kind'],
    }))
  }

  async #appeared({ host, app, kind, detail }: FleetDifference): Promise<void> {
    const { database, clock } = this.#dependencies
    await this.#publish({ host, app, kind }, 'appeared', detail)
    await database
      .insertInto('fleet_alert')
      .values({ host, app: app ?? '', kind, since_ms: clock.now() })
      .execute()
  }

  async #gone(name: DifferenceName): Promise<void> {
    await this.#publish(name, 'gone', 'it is as it should be again')
    await this.#dependencies.database
      .deleteFrom('fleet_alert')
      .where('host', '=', name.host)
      .where('app', '=', name.app ?? '')
      .where('kind', '=', name.kind)
      .execute()
  }

  #publish({ host, app, kind }: DifferenceName, state: 'appeared' | 'gone', detail: string): Promise<void> {
    const message = `${host}${app === null ? '' : `, ${app}`}: ${kind}: ${detail}`
    const data = { subject: 'fleet', kind, state, message }
    return this.#dependencies.hub.publish({ type: 'alert', host, app: app ?? undefined, data })
  }
}

function keyOf({ host, app, kind }: DifferenceName): string {
  return `${host}/${app ?? ''}/${kind}`
}
