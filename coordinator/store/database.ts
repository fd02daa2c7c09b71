import { type ColumnDefinitionBuilderCallback, type Dialect, Kysely, type RawBuilder } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrationsFor } from './migrations.ts'
import type { Tables } from './schema.ts'

export type Database = Kysely<Tables>

/** What differs between the databases we run on; everything else is plain SQL that Kysely writes. */
export interface SqlFlavor {
  readonly dialect: Dialect
  /** Column type and constraint of a primary key that the database numbers itself, never reusing a number. */
  readonly generatedIdType: 'integer' | 'bigserial'
  readonly generatedId: ColumnDefinitionBuilderCallback
  readonly bytesType: RawBuilder<unknown>
  /** Statements that make the database itself refuse to change or delete a table's rows. */
  readonly appendOnly: (table: string) => readonly string[]
}

/**
 * Opens the store and brings its tables up to date.
 * @throws {Error} when a migration fails; nothing of it is kept.
 */
export async function openDatabase(flavor: SqlFlavor): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: flavor.dialect })
  const migrations = migrationsFor(flavor)
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await database.destroy()
    throw error
  }
  return database
}
