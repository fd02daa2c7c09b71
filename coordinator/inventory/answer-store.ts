import type { Clock } from '../../runtime/clock.ts'
import type { Database } from '../store/database.ts'
import type { InventoryHost } from './inventory-host.ts'

/** A host of a source's last good answers. */
export interface KnownMember {
  readonly host: InventoryHost
  /** Since when the source no longer names it, epoch ms; null while it does. */
  readonly goneSinceMs: number | null
}

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** The last good answer of each source, so that a restart while a source fails forgets no host. */
export class AnswerStore {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @returns null when the source never answered. */
  async load(source: string): Promise<KnownMember[] | null> {
    const row = await this.#dependencies.database
      .selectFrom('inventory_answer')
      .select('hosts_json')
      .where('source', '=', source)
      .executeTakeFirst()
    return row ? JSON.parse(row.hosts_json) : null
  }

  async save(source: string, members: readonly KnownMember[]): Promise<void> {
    const columns = { hosts_json: JSON.stringify(members), at_ms: this.#dependencies.clock.now() }
    await this.#dependencies.database
      .insertInto('inventory_answer')
      .values({ source, ...columns })
      .onConflict((conflict) => conflict.column('source').doUpdateSet(columns))
      .execute()
  }
}
