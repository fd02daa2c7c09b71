import type { Database } from '../../store/database.ts'

/** How far each export has come, by its name. */
export class ExportCursors {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** The last exported entry; one that is new begins behind `newest`. */
  async open(name: string, newest: () => Promise<number>): Promise<number> {
    const row = await this.#database
      .selectFrom('log_export')
      .select('exported')
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return row.exported
    const exported = await newest()
    await this.#database.insertInto('log_export').values({ name, exported }).execute()
    return exported
  }

  async move(name: string, exported: number): Promise<void> {
    await this.#database.updateTable('log_export').set({ exported }).where('name', '=', name).execute()
  }
}
