import type { Generated, Kysely } from 'kysely'
import type { SqlFlavor } from './database.ts'

/** A counter, whoever counts it. */
export interface CounterNameTable {
  id: Generated<number>
  /** Empty for counters of the host itself. */
  app: string
  name: string
  /** A CounterKind of session.proto. */
  kind: number
}

export interface CounterHostTable {
  id: Generated<number>
  name: string
}

/** Which host has counted what. */
export interface CounterSeriesTable {
  counter_id: number
  host_id: number
}

/** Windows as they came, of many hosts, until their block is over. */
export interface CounterPageTable {
  id: Generated<number>
  /** Start of the block. */
  block_ms: number
  bucket: number
  windows: number
  /** See coordinator/counters/page.ts. */
  data: Uint8Array
}

/** The windows of one counter of one host in a block of a tier. */
export interface CounterBlockTable {
  tier: number
  start_ms: number
  counter_id: number
  host_id: number
  /** See coordinator/counters/block.ts. */
  data: Uint8Array
}

/** What is stored of a bucket's counters in a block of a tier. */
export interface CounterSpanTable {
  tier: number
  start_ms: number
  bucket: number
  bytes: number
  /** 1 when the next coarser tier has all that is in it. */
  rolled: number
}

/** Takes the place of a row a window, which no week of a fleet would have fitted into; what was in it is not carried over. */
export async function createCounterTiers({ schema }: Kysely<never>, flavor: SqlFlavor): Promise<void> {
  await schema.dropTable('counter_window').execute()
  await schema
    .createTable('counter_name')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'integer', (column) => column.notNull())
    .addUniqueConstraint('counter_name_once', ['app', 'name'])
    .execute()
  await schema
    .createTable('counter_host')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .execute()
  await schema
    .createTable('counter_series')
    .addColumn('counter_id', 'integer', (column) => column.notNull())
    .addColumn('host_id', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('counter_series_key', ['counter_id', 'host_id'])
    .execute()
  await schema
    .createTable('counter_page')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('block_ms', 'bigint', (column) => column.notNull())
    .addColumn('bucket', 'integer', (column) => column.notNull())
    .addColumn('windows', 'integer', (column) => column.notNull())
    .addColumn('data', flavor.bytesType, (column) => column.notNull())
    .execute()
  await schema.createIndex('counter_page_by_block').on('counter_page').columns(['block_ms', 'bucket']).execute()
  await schema
    .createTable('counter_block')
    .addColumn('tier', 'integer', (column) => column.notNull())
    .addColumn('start_ms', 'bigint', (column) => column.notNull())
    .addColumn('counter_id', 'integer', (column) => column.notNull())
    .addColumn('host_id', 'integer', (column) => column.notNull())
    .addColumn('data', flavor.bytesType, (column) => column.notNull())
    .addPrimaryKeyConstraint('counter_block_key', ['tier', 'start_ms', 'counter_id', 'host_id'])
    .execute()
  await schema
    .createTable('counter_span')
    .addColumn('tier', 'integer', (column) => column.notNull())
    .addColumn('start_ms', 'bigint', (column) => column.notNull())
    .addColumn('bucket', 'integer', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('rolled', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('counter_span_key', ['tier', 'start_ms', 'bucket'])
    .execute()
}
