import { mkdir } from 'node:fs/promises'
import { Counter, Gauge, type Registry } from 'prom-client'
import { systemClock } from '../runtime/clock.ts'
import { lockDirectory } from '../runtime/directory-lock.ts'
import { createHttpServer } from '../runtime/http-server.ts'
import { createRegistry } from '../runtime/metrics.ts'
import { systemRandom } from '../runtime/random.ts'
import type { ServiceContext } from '../runtime/service.ts'
import { controlAccess, controlComponent, trustRoutes } from '../trust/control-access.ts'
import { openIdentity, requireLoopback } from '../trust/service-identity.ts'
import { Admissions } from './admissions.ts'
import { AnnounceServer } from './announce-server.ts'
import type { TrackerConfig } from './config.ts'
import { controlRoutes } from './control.ts'

/** Puts the tracker's parts together. */
export async function composeTracker({ config, logger, lifecycle }: ServiceContext<TrackerConfig>): Promise<void> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(config.dataDirectory)
  const [clock, random] = [systemClock, systemRandom]
  const { url: coordinatorUrl, joinTokenFile } = config.coordinator
  const identity = await openIdentity(
    {
      ...{ own: { kind: 'service', name: 'tracker' }, dataDirectory: config.dataDirectory },
      ...{ coordinatorUrl, joinTokenFile, files: config.identity },
    },
    { clock, random, logger },
  )
  requireLoopback(identity, config.listen.host, 'listen.host')
  if (!config.announce.plain) requireLoopback(identity, config.announce.host, 'announce.host')
  const admissions = new Admissions(config.dataDirectory)
  const metrics = createRegistry()
  const announces = new Counter({
    name: 'rookery_tracker_announces_total',
    help: 'Announces answered, by protocol and event',
    labelNames: ['protocol', 'event'],
    registers: [metrics],
  })
  const refused = new Counter({
    name: 'rookery_tracker_refused_total',
    help: 'Announces for info hashes that are not admitted, by protocol',
    labelNames: ['protocol'],
    registers: [metrics],
  })
  const { maxPeersPerAnnounce, maxPeersPerSwarm } = config
  const announce = new AnnounceServer(
    { ...config.announce, intervalMs: config.announceIntervalMs, maxPeersPerAnnounce, maxPeersPerSwarm },
    {
      tls: config.announce.plain ? undefined : identity?.tls,
      isAdmitted: (infoHash) => admissions.has(infoHash),
      onAnnounce: (protocol, event) => announces.inc({ protocol, event }),
      onRefused: (protocol) => refused.inc({ protocol }),
      logger,
    },
  )
  swarmGauges(metrics, admissions, announce)
  const server = createHttpServer(
    { listen: config.listen, ...controlAccess(identity) },
    { logger, metrics, notReady: () => undefined },
  )
  controlRoutes(server, { admissions, announce })
  if (identity) trustRoutes(server, identity)

  lifecycle.add({ name: 'admissions', start: () => admissions.load(), stop: async () => lock.release() })
  if (identity) lifecycle.add(identity)
  lifecycle.add(announce)
  lifecycle.add(controlComponent(server, config.listen, identity, { clock, logger }))
}

function swarmGauges(metrics: Registry, admissions: Admissions, announce: AnnounceServer): void {
  new Gauge({
    name: 'rookery_tracker_swarms',
    help: 'Admitted info hashes',
    registers: [metrics],
    collect() {
      this.set(admissions.all().length)
    },
  })
  new Gauge({
    name: 'rookery_tracker_peers',
    help: 'Peers known in all swarms, by role',
    labelNames: ['role'],
    registers: [metrics],
    collect() {
      const counts = admissions.all().map((infoHash) => announce.counts(infoHash))
      this.set(
        { role: 'seeder' },
        counts.reduce((sum, { seeders }) => sum + seeders, 0),
      )
      this.set(
        { role: 'leecher' },
        counts.reduce((sum, { leechers }) => sum + leechers, 0),
      )
    },
  })
}
