import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Gauge, type Registry } from 'prom-client'
import { systemClock } from '../runtime/clock.ts'
import { lockDirectory } from '../runtime/directory-lock.ts'
import { createHttpServer } from '../runtime/http-server.ts'
import { createRegistry } from '../runtime/metrics.ts'
import { systemRandom } from '../runtime/random.ts'
import type { ServiceContext } from '../runtime/service.ts'
import { bandwidthLimits, createSwarm, KeptLimits, seederPeerIdPrefix } from '../swarm/index.ts'
import { controlAccess, controlComponent, trustRoutes } from '../trust/control-access.ts'
import { identityFetch } from '../trust/identity-fetch.ts'
import { openIdentity, requireLoopback } from '../trust/service-identity.ts'
import { Artifacts } from './artifacts.ts'
import type { SeederConfig } from './config.ts'
import { controlRoutes, limitRoutes, maxOrderBytes } from './control.ts'

/** Puts the seeder's parts together. */
export async function composeSeeder({ config, logger, lifecycle }: ServiceContext<SeederConfig>): Promise<void> {
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(config.dataDirectory)
  const metrics = createRegistry()
  const [clock, random] = [systemClock, systemRandom]
  const { url: coordinatorUrl, joinTokenFile } = config.coordinator
  const identity = await openIdentity(
    {
      ...{ own: { kind: 'service', name: 'seeder' }, dataDirectory: config.dataDirectory },
      ...{ coordinatorUrl, joinTokenFile, files: config.identity },
    },
    { clock, random, logger },
  )
  requireLoopback(identity, config.listen.host, 'listen.host')
  const { engine, webtorrent, transport, limits: configured, ...listen } = config.swarm
  if (transport === 'tls') requireLoopback(identity, listen.host, 'swarm.host')
  const tls = transport === 'tls' ? identity?.tls : undefined
  const swarm = createSwarm(
    { engine, webtorrent, listen, tls, peerIdPrefix: seederPeerIdPrefix },
    { clock, random, logger },
  )
  const fetchSource = identity && identityFetch(identity.tls, { kind: 'service', name: 'coordinator' })
  const artifacts = new Artifacts(
    { dataDirectory: config.dataDirectory, fetch: fetchSource },
    { swarm, clock, random, logger },
  )
  const limits = new KeptLimits(
    { file: join(config.dataDirectory, 'limits.json'), configured },
    { apply: (current) => swarm.setLimits(bandwidthLimits(current)), logger },
  )
  artifactGauges(metrics, artifacts)
  const server = createHttpServer(
    { listen: config.listen, ...controlAccess(identity), bodyLimitBytes: maxOrderBytes },
    { logger, metrics, notReady: () => undefined },
  )
  controlRoutes(server, artifacts)
  limitRoutes(server, limits)
  if (identity) trustRoutes(server, identity)

  lifecycle.add({ name: 'lock', start: async () => {}, stop: async () => lock.release() })
  if (identity) lifecycle.add(identity)
  lifecycle.add({ name: 'limits', start: () => limits.load(), stop: async () => {} })
  lifecycle.add({ name: 'swarm', start: () => swarm.start(), stop: () => swarm.stop() })
  lifecycle.add(artifacts)
  lifecycle.add(controlComponent(server, config.listen, identity, { clock, logger }))
}

function artifactGauges(metrics: Registry, artifacts: Artifacts): void {
  new Gauge({
    name: 'rookery_seeder_artifacts',
    help: 'Artifacts handed over, by state',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      this.reset()
      for (const { state } of artifacts.list()) this.inc({ state })
    },
  })
  new Gauge({
    name: 'rookery_seeder_uploaded_bytes',
    help: 'Bytes of blocks sent to peers since the start, of artifacts seeded now',
    registers: [metrics],
    collect() {
      this.set(artifacts.list().reduce((sum, artifact) => sum + artifact.bytesUploaded, 0))
    },
  })
  new Gauge({
    name: 'rookery_seeder_peers',
    help: 'Connected peers, over all artifacts',
    registers: [metrics],
    collect() {
      this.set(artifacts.list().reduce((sum, artifact) => sum + artifact.peers, 0))
    },
  })
}
