import { type Kysely, sql } from 'kysely'
import type { SqlFlavor } from './database.ts'

type AnyDatabase = Kysely<never>

/** What filters, retention and exports of the log need: kinds of gaps, arrival times, the size of each day. */
export async function extendLogs(database: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  const { schema } = database
  const entries = () => schema.alterTable('log_entry')
  await entries()
    .addColumn('app', 'text', (column) => column.notNull().defaultTo(''))
    .execute()
  await entries()
    .addColumn('gap_limit', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await entries()
    .addColumn('final', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await entries()
    .addColumn('stored_at_ms', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await schema.createIndex('log_entry_by_release').on('log_entry').columns(['release_id', 'id']).execute()
  const stream = ['host', 'stream', 'rollout_id', 'id'] as const
  await schema
    .createIndex('log_entry_by_stream')
    .on('log_entry')
    .columns([...stream])
    .execute()
  await schema
    .createTable('log_day')
    .addColumn('day', 'text', (column) => column.primaryKey())
    .addColumn('entries', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .execute()
  // Nobody knows any more when what is there came; it counts as of the day the tables were changed.
  await sql`update log_entry set stored_at_ms = ${Date.now()} `.execute(database)
  await sql`insert into log_day (day, entries, bytes)
    select ${new Date().toISOString().slice(0, 10)}, count(*), coalesce(sum(octet_length(data)), 0) from log_entry
    having count(*) > 0`.execute(database)
  await createRemovals(database, flavor)
}

async function createRemovals({ schema }: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  await schema
    .createTable('log_removal')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('first_entry', 'bigint', (column) => column.notNull())
    .addColumn('last_entry', 'bigint', (column) => column.notNull())
    .addColumn('entries', 'bigint', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('file', 'text')
    .addColumn('file_offset', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('file_bytes', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('hash', 'text', (column) => column.notNull().defaultTo(''))
    .addColumn('done', 'integer', (column) => column.notNull())
    .execute()
  await schema.createIndex('log_removal_by_rollout').on('log_removal').columns(['rollout_id', 'last_entry']).execute()
  await schema.createIndex('log_removal_by_entry').on('log_removal').column('last_entry').execute()
  await schema
    .createTable('log_export')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('exported', 'bigint', (column) => column.notNull())
    .execute()
}
