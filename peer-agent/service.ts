import { mkdir } from 'node:fs/promises'
import { systemClock } from '../runtime/clock.ts'
import { lockDirectory } from '../runtime/directory-lock.ts'
import { RookeryError } from '../runtime/errors.ts'
import { createHttpServer, httpComponent } from '../runtime/http-server.ts'
import { closeInheritedFiles } from '../runtime/inherited-files.ts'
import { systemRandom } from '../runtime/random.ts'
import type { ServiceContext } from '../runtime/service.ts'
import { agentPeerIdPrefix, createSwarm } from '../swarm/index.ts'
import { openIdentity, requireLoopback } from '../trust/service-identity.ts'
import { composeParts } from './composition.ts'
import type { AgentConfig } from './config.ts'
import { AgentLog } from './logs/agent-log.ts'
import { agentMetrics } from './metrics.ts'

/** Puts the agent together as a service: its lock, its log, its place in the swarm, and what it serves. */
export async function composeAgent({ config, lifecycle }: ServiceContext<AgentConfig>): Promise<void> {
  const { dataDirectory } = config
  closeInheritedFiles()
  // What hooks and apps inherit, and what the trees are written with.
  process.umask(0o022)
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(dataDirectory)
  const log = new AgentLog(config.logLevel)
  const { logger } = log
  const [clock, random] = [systemClock, systemRandom]
  const { engine, webtorrent, transport, host, port } = config.swarm
  const { url: coordinatorUrl, joinTokenFile } = config.coordinator
  const identity = await openIdentity(
    { own: { kind: 'host', name: config.host }, dataDirectory, coordinatorUrl, joinTokenFile, files: config.identity },
    { clock, random, logger },
  )
  if (transport === 'tls') requireLoopback(identity, host, 'swarm.host')
  const tls = transport === 'tls' ? identity?.tls : undefined
  const { zone, rack } = config.labels
  const swarm = createSwarm(
    { engine, webtorrent, tls, listen: { host, port }, peerIdPrefix: agentPeerIdPrefix, zone, rack },
    { clock, random, logger: logger.child({ component: 'swarm' }) },
  )
  const parts = await composeParts(config, { swarm, identity, clock, random, logger, agentEnvironment: process.env })
  log.shipTo(parts.logs)
  const warning = await parts.keys.warning()
  if (warning !== undefined) logger.warn(warning)
  const server = createHttpServer(
    { listen: config.listen, authenticate: nobody },
    {
      logger,
      metrics: agentMetrics(parts),
      notReady: () => (parts.session.isConnected ? undefined : 'no session with the coordinator'),
    },
  )

  lifecycle.add({ name: 'lock', start: async () => {}, stop: async () => lock.release() })
  if (identity) lifecycle.add(identity)
  lifecycle.add(httpComponent(server, config.listen, logger))
  lifecycle.add({ name: 'swarm', start: () => swarm.start(), stop: () => swarm.stop() })
  for (const component of parts.components) lifecycle.add(component)
}

/** Health and metrics are all there is. */
function nobody(): never {
  throw new RookeryError('UNAUTHORIZED', 'an agent answers to nobody but its coordinator')
}
