import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { SqliteDialect, sql } from 'kysely'
import type { SqlFlavor } from './database.ts'

/**
 * SQLite through node:sqlite: the one file that knows this database. `synchronous=FULL`, since a rollout's
 * event that was acted on must survive a power cut.
 */
export function sqliteFlavor(file: string): SqlFlavor {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;')
  return {
    dialect: new SqliteDialect({ database: kyselyDatabase(database) }),
    generatedId: (column) => column.primaryKey().autoIncrement(),
    generatedIdType: 'integer',
    bytesType: sql`blob`,
    appendOnly,
  }
}

/** On PostgreSQL the same is a trigger function that raises, and no grant but SELECT and INSERT. */
function appendOnly(table: string): string[] {
  return ['update', 'delete'].map(
    (verb) =>
      `create trigger ${table}_no_${verb} before ${verb} on ${table}
         begin select raise(abort, '${table} is append-only'); end`,
  )
}

/** node:sqlite in the shape of better-sqlite3, which Kysely's dialect was written for. */
function kyselyDatabase(database: DatabaseSync) {
  return {
    close: () => database.close(),
    prepare: (text: string) => {
      const statement = database.prepare(text)
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters: readonly unknown[]) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...(parameters as SQLInputValue[])),
      }
    },
  }
}
