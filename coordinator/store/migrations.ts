import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { createApiTokens, createAuditLog } from './access-tables.ts'
import { createCounterTiers } from './counter-tables.ts'
import type { SqlFlavor } from './database.ts'
import { extendLogs } from './log-tables.ts'

type AnyDatabase = Kysely<never>

/** Migrations by name, run in the order of their names; one that was released is never changed. */
export function migrationsFor(flavor: SqlFlavor): Record<string, Migration> {
  return {
    '0001-first': { up: (database) => createFirstTables(database as unknown as AnyDatabase, flavor) },
    '0002-swarm-limits': { up: (database) => createSwarmLimits(database as unknown as AnyDatabase) },
    '0003-locks': { up: (database) => createLocks(database as unknown as AnyDatabase) },
    '0004-inventory': { up: (database) => createInventory(database as unknown as AnyDatabase) },
    '0005-left-hosts': { up: (database) => addLeftHosts(database as unknown as AnyDatabase) },
    '0006-phase-results': { up: (database) => createPhaseResults(database as unknown as AnyDatabase) },
    '0007-fleet-alerts': { up: (database) => createFleetAlerts(database as unknown as AnyDatabase) },
    '0008-desired-of-hosts': { up: (database) => createDesiredOfHosts(database as unknown as AnyDatabase) },
    '0010-identities': { up: (database) => createIdentities(database as unknown as AnyDatabase) },
    '0020-api-tokens': { up: (database) => createApiTokens(database as unknown as AnyDatabase) },
    '0021-audit-log': { up: (database) => createAuditLog(database as unknown as AnyDatabase, flavor) },
    '0030-release-revocations': {
      up: (database) => createRevocations(database as unknown as AnyDatabase, flavor),
    },
    '0040-logs': { up: (database) => extendLogs(database as unknown as AnyDatabase, flavor) },
    '0050-counter-tiers': { up: (database) => createCounterTiers(database as unknown as AnyDatabase, flavor) },
  }
}

async function createIdentities({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('certificate')
    .addColumn('serial', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('key_hash', 'text', (column) => column.notNull())
    .addColumn('issued_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('not_after_ms', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .addColumn('reason', 'text')
    .execute()
  await schema.createIndex('certificate_by_name').on('certificate').columns(['kind', 'name']).execute()
  await schema
    .createTable('host_binding')
    .addColumn('host', 'text', (column) => column.primaryKey())
    .addColumn('pools_json', 'text', (column) => column.notNull())
    .execute()
  await schema
    .createTable('join_token')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .addColumn('service', 'text')
    .addColumn('pools_json', 'text')
    .addColumn('max_uses', 'integer', (column) => column.notNull())
    .addColumn('uses', 'integer', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .execute()
}

async function createSwarmLimits({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('swarm_limit')
    .addColumn('zone', 'text', (column) => column.notNull())
    .addColumn('pool', 'text', (column) => column.notNull())
    .addColumn('limits_json', 'text', (column) => column.notNull())
    .addColumn('set_at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('swarm_limit_key', ['zone', 'pool'])
    .execute()
}

async function createLocks({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('hold')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('held_by', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'bigint', (column) => column.notNull())
    .addColumn('until_ms', 'bigint')
    .execute()
  await schema
    .createTable('rollout_lease')
    .addColumn('app', 'text', (column) => column.primaryKey())
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

async function createInventory({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('inventory_answer')
    .addColumn('source', 'text', (column) => column.primaryKey())
    .addColumn('hosts_json', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute()
}

async function createPhaseResults({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('phase_result')
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('attempt_id', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('succeeded', 'integer', (column) => column.notNull())
    .addColumn('exit_code', 'integer')
    .addColumn('duration_ms', 'bigint', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('error_code', 'text', (column) => column.notNull())
    .addColumn('error_message', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('phase_result_key', ['rollout_id', 'host', 'attempt_id', 'phase'])
    .execute()
}

async function createDesiredOfHosts({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('desired_of_host')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('release_id', 'text', (column) => column.notNull())
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('desired_of_host_key', ['app', 'host'])
    .execute()
}

async function createRevocations({ schema }: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  await schema
    .createTable('release_revocation')
    .addColumn('sequence', 'integer', (column) => column.primaryKey())
    .addColumn('release_id', 'text', (column) => column.notNull().unique())
    .addColumn('statement', flavor.bytesType, (column) => column.notNull())
    .addColumn('signature', flavor.bytesType, (column) => column.notNull())
    .addColumn('revoked_by', 'text')
    .execute()
  await schema.alterTable('release').addColumn('signed_by', 'text').execute()
}

async function addLeftHosts({ schema }: AnyDatabase): Promise<void> {
  await schema
    .alterTable('host')
    .addColumn('has_left', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}

async function createFleetAlerts({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('fleet_alert')
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('fleet_alert_key', ['host', 'app', 'kind'])
    .execute()
}

async function createFirstTables(database: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  const { schema } = database
  await schema
    .createTable('app')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('source_json', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('release')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('revision', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('build_ms', 'bigint')
    .addColumn('manifest', flavor.bytesType)
    .addColumn('signature', flavor.bytesType)
    .addColumn('policy_json', 'text')
    .addColumn('failure_json', 'text')
    .execute()
  await schema.createIndex('release_by_app').on('release').columns(['app', 'created_at_ms']).execute()
  await schema
    .createTable('desired_release')
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('pool', 'text', (column) => column.notNull())
    .addColumn('release_id', 'text', (column) => column.notNull())
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('desired_release_key', ['app', 'pool'])
    .execute()
  await createRolloutTables(database)
  await createHostTables(database)
  await createStreamTables(database, flavor)
}

async function createRolloutTables({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('rollout')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('summary_json', 'text', (column) => column.notNull())
    .addColumn('settled', 'integer', (column) => column.notNull())
    .execute()
  await schema.createIndex('rollout_by_app').on('rollout').columns(['app', 'created_at_ms']).execute()
  await schema
    .createTable('rollout_event')
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('body_json', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('rollout_event_key', ['rollout_id', 'sequence'])
    .execute()
}

async function createHostTables({ schema }: AnyDatabase): Promise<void> {
  await schema
    .createTable('host')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('pools_json', 'text', (column) => column.notNull())
    .addColumn('labels_json', 'text', (column) => column.notNull())
    .addColumn('observed_json', 'text', (column) => column.notNull())
    .addColumn('agent_version', 'text', (column) => column.notNull())
    .addColumn('drained', 'integer', (column) => column.notNull())
    .addColumn('last_seen_ms', 'bigint', (column) => column.notNull())
    .execute()
  await schema
    .createTable('spool_cursor')
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('spool_id', 'text', (column) => column.notNull())
    .addColumn('acked', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('spool_cursor_key', ['host', 'spool_id'])
    .execute()
}

async function createStreamTables({ schema }: AnyDatabase, flavor: SqlFlavor): Promise<void> {
  await schema
    .createTable('log_entry')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('rollout_id', 'text', (column) => column.notNull())
    .addColumn('release_id', 'text', (column) => column.notNull())
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('data', flavor.bytesType, (column) => column.notNull())
    .addColumn('gap_bytes', 'bigint', (column) => column.notNull())
    .execute()
  await schema.createIndex('log_entry_by_rollout').on('log_entry').columns(['rollout_id', 'id']).execute()
  await schema.createIndex('log_entry_by_host').on('log_entry').columns(['host', 'id']).execute()
  await schema
    .createTable('counter_window')
    .addColumn('host', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('app', 'text', (column) => column.notNull())
    .addColumn('start_ms', 'bigint', (column) => column.notNull())
    .addColumn('width_ms', 'integer', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('sum', 'double precision', (column) => column.notNull())
    .addColumn('sum_of_squares', 'double precision', (column) => column.notNull())
    .addColumn('min', 'double precision', (column) => column.notNull())
    .addColumn('max', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('counter_window_key', ['name', 'host', 'app', 'start_ms'])
    .execute()
  await schema
    .createTable('event')
    .addColumn('id', flavor.generatedIdType, flavor.generatedId)
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('rollout_id', 'text')
    .addColumn('app', 'text')
    .addColumn('host', 'text')
    .addColumn('data_json', 'text', (column) => column.notNull())
    .execute()
  await schema.createIndex('event_by_rollout').on('event').columns(['rollout_id', 'id']).execute()
}
