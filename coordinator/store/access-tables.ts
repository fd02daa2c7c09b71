import { type Kysely, sql } from 'kysely'
import type { SqlFlavor } from './database.ts'

type AnyDatabase = Kysely<never>

/** Who may call the API. */
export async function createApiTokens({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('api_token')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('apps_json', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .addColumn('last_used_at_ms', 'bigint')
    .addColumn('revoked_at_ms', 'bigint')
    .execute()
}

/** The record of who did what; the database itself refuses to change or delete what is in it. */
export async function createAuditLog(database: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  const { schema } = database
  await schema
    .createTable('audit_entry')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('principal', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('parameters', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('audit_entry_by_time').on('audit_entry').column('at_ms').execute()
  await schema.createIndex('audit_entry_by_principal').on('audit_entry').columns(['principal', 'number']).execute()
  await schema.createIndex('audit_entry_by_target').on('audit_entry').columns(['target', 'number']).execute()
  for (const statement of flavor.appendOnly('audit_entry')) await sql.raw(statement).execute(database)
}
