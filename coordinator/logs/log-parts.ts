import type { Registry } from 'prom-client'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Database } from '../store/database.ts'
import type { LogsConfig } from './config.ts'
import { ExportCursors } from './export/export-cursors.ts'
import { exportTarget } from './export/export-target.ts'
import { LogExporter } from './export/log-exporter.ts'
import { logMetrics } from './log-metrics.ts'
import { LogReader } from './log-reader.ts'
import { LogStore } from './log-store.ts'
import { PacedAcks } from './paced-acks.ts'
import { ArchivedLogs } from './retention/archived-logs.ts'
import { LogRetention } from './retention/log-retention.ts'
import { Removals } from './retention/removals.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface LogParts {
  readonly store: LogStore
  readonly reader: LogReader
  readonly acks: PacedAcks
  readonly components: readonly Component[]
  register(registry: Registry): void
}

/**
 * The log, with what removes and exports it.
 * @throws {RookeryError} CONFIG_INVALID for two exports of one name, whose cursor they would share.
 */
export function composeLogs(config: LogsConfig, { database, clock, random, logger }: Dependencies): LogParts {
  const names = config.exports.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new RookeryError('CONFIG_INVALID', `logs.exports: two have the name ${twice}`)
  const store = new LogStore(database, clock)
  const removals = new Removals(database)
  const reader = new LogReader(store, { archived: new ArchivedLogs(config.archive?.directory, removals), removals })
  const retention = new LogRetention(config, { store, removals, clock, logger })
  const cursors = new ExportCursors(database)
  const exporters = config.exports.map(
    (one) =>
      new LogExporter(one, { target: exportTarget(one, { clock }), store, reader, cursors, clock, random, logger }),
  )
  return {
    store,
    reader,
    acks: new PacedAcks({ bytesPerSecond: config.hostMaxBytesPerSecond }, { clock }),
    components: [retention, ...exporters],
    register: (registry) => logMetrics(registry, { store, exporters, clock }),
  }
}
