import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Gauge, type Registry } from 'prom-client'
import { systemClock } from '../runtime/clock.ts'
import { lockDirectory } from '../runtime/directory-lock.ts'
import { createHttpServer, httpComponent, sharedToken } from '../runtime/http-server.ts'
import { createRegistry } from '../runtime/metrics.ts'
import { systemRandom } from '../runtime/random.ts'
import type { ServiceContext } from '../runtime/service.ts'
import { bandwidthLimits, createSwarm, KeptLimits, seederPeerIdPrefix } from '../swarm/index.ts'
import { Artifacts } from './artifacts.ts'
import type { SeederConfig } from './config.ts'
import { controlRoutes, limitRoutes, maxOrderBytes } from './control.ts'

/** Puts the seeder's parts together. */
export async function composeSeeder({ config, logger, lifecycle }: ServiceContext<SeederConfig>): Promise<void> {
  await mkdir(config.dataDirectory, { recursive: true })
  const lock = lockDirectory(config.dataDirectory)
  const metrics = createRegistry()
  const { engine, webtorrent, limits: configured, ...listen } = config.swarm
  const swarm = createSwarm(
    { engine, webtorrent, listen, peerIdPrefix: seederPeerIdPrefix },
    { clock: systemClock, random: systemRandom, logger },
  )
  const artifacts = new Artifacts(
    { dataDirectory: config.dataDirectory, token: config.coordinator.token },
    { swarm, clock: systemClock, random: systemRandom, logger },
  )
  const limits = new KeptLimits(
    { file: join(config.dataDirectory, 'limits.json'), configured },
    { apply: (current) => swarm.setLimits(bandwidthLimits(current)), logger },
  )
  artifactGauges(metrics, artifacts)
  const server = createHttpServer(
    { listen: config.listen, authenticate: sharedToken(config.token), bodyLimitBytes: maxOrderBytes },
    { logger, metrics, notReady: () => undefined },
  )
  controlRoutes(server, artifacts)
  limitRoutes(server, limits)

  lifecycle.add({ name: 'lock', start: async () => {}, stop: async () => lock.release() })
  lifecycle.add({ name: 'limits', start: () => limits.load(), stop: async () => {} })
  lifecycle.add({ name: 'swarm', start: () => swarm.start(), stop: () => swarm.stop() })
  lifecycle.add(artifacts)
  lifecycle.add(httpComponent(server, config.listen, logger))
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
