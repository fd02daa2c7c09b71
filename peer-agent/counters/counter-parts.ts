import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { DiskSpace } from '../agent/disk-gauge.ts'
import type { Spool } from '../spool/spool.ts'
import type { CountersConfig } from './config.ts'
import { Counters } from './counters.ts'
import { HostMetrics } from './host-metrics.ts'
import { Scraper } from './scraper.ts'
import { StatsdDesk } from './statsd-desk.ts'
import { StatsdIntake } from './statsd-intake.ts'

interface Options {
  readonly config: CountersConfig
  readonly host: string
  readonly dataDirectory: string
}

interface Dependencies {
  readonly spool: Pick<Spool, 'append' | 'bytes'>
  readonly disk: () => DiskSpace
  readonly clock: Clock
  readonly logger: Logger
}

/** A coordinator of a thousand hosts gets their windows within these two seconds, not within one moment. */
const longestSpreadMs = 2_000

/** What counts on a host, put together. */
export function composeCounters({ config, host, dataDirectory }: Options, dependencies: Dependencies) {
  const { disk, clock, logger } = dependencies
  const spreadMs = createHash('sha256').update(host).digest().readUInt16BE() % longestSpreadMs
  const counters = new Counters({ maxNames: config.maxNames, spreadMs }, dependencies)
  const intake = new StatsdIntake(
    { ...config.statsd, portsFile: join(dataDirectory, 'statsd-ports.json') },
    { deskOf: (app) => new StatsdDesk(app, { counters, clock, logger }), logger },
  )
  const scraper = new Scraper({ counters, clock, logger })
  if (config.host) {
    const metrics = new HostMetrics({ tally: counters.tally(''), disk })
    counters.onClose(() => metrics.look())
  }
  return { counters, intake, scraper }
}
