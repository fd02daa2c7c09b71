import { join } from 'node:path'
import { sessionProtocolVersion } from '../proto/session.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Random } from '../runtime/random.ts'
import { Redactor } from '../runtime/redactor.ts'
import { rookeryVersion } from '../runtime/version.ts'
import { bandwidthLimits, KeptLimits } from '../swarm/index.ts'
import { identityFetch } from '../trust/identity-fetch.ts'
import type { ServiceIdentity } from '../trust/service-identity.ts'
import { Agent } from './agent/agent.ts'
import { AppFleet } from './agent/app-fleet.ts'
import { DiskGauge } from './agent/disk-gauge.ts'
import { TaskRunner } from './agent/task-runner.ts'
import { AttemptLog } from './attempts/attempt-log.ts'
import type { AgentConfig } from './config.ts'
import { composeCounters } from './counters/counter-parts.ts'
import { Artifacts, type Swarm } from './fetch/artifacts.ts'
import { Seeding } from './fetch/seeding.ts'
import { TrustedKeys } from './fetch/trusted-keys.ts'
import { webSeedsOf } from './fetch/web-seeds.ts'
import { HostLimits } from './limits/host-limits.ts'
import { LogQuota } from './logs/log-quota.ts'
import { LogShipper } from './logs/log-shipper.ts'
import { hostEnvironment } from './process/environment.ts'
import { ownUserName, type SystemUser } from './process/system-user.ts'
import { ReleaseGate } from './releases/release-gate.ts'
import { ReleaseStore } from './releases/release-store.ts'
import { Revocations } from './releases/revocations.ts'
import { SessionClient } from './session/session-client.ts'
import { SpoolShipper } from './session/spool-shipper.ts'
import { Spool } from './spool/spool.ts'
import { Verifier } from './verify/verifier.ts'

interface Foundation {
  /** Undefined in a trial on one machine. */
  readonly identity?: ServiceIdentity
  readonly swarm: Swarm
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The agent's own environment, of which a few variables are passed on. */
  readonly agentEnvironment: Readonly<Record<string, string | undefined>>
}

/** The agent's parts, put together; `components` in the order they start. */
export interface AgentParts {
  readonly components: readonly Component[]
  readonly agent: Agent
  readonly session: SessionClient
  readonly spool: Spool
  readonly store: ReleaseStore
  readonly artifacts: Artifacts
  readonly attempts: AttemptLog
  readonly logs: LogShipper
  readonly limits: KeptLimits
  readonly keys: TrustedKeys
}

/** On SIGTERM, what still waits is given so long to reach the coordinator; it is safe on disk in any case. */
const drainMs = 2_000

/** Who is given what stands here and nowhere else. The data directory must be locked by the caller. */
export async function composeParts(config: AgentConfig, foundation: Foundation): Promise<AgentParts> {
  const { dataDirectory, deployRoot, host, pools, labels } = config
  const { identity, swarm, clock, random, logger } = foundation
  const redactor = Redactor.of(config.redact, { ...foundation.agentEnvironment, ...config.environment })
  const spool = await Spool.open(
    { directory: join(dataDirectory, 'spool'), maxBytes: config.spool.maxBytes },
    { random },
  )
  const quota = new LogQuota(config.logs, clock)
  const logs = new LogShipper({ spool, clock, redactor, quota })
  const disk = new DiskGauge(dataDirectory, { clock })
  const { counters, intake, scraper } = composeCounters(
    { config: config.counters, host, dataDirectory },
    { spool, disk: () => disk.space, clock, logger },
  )
  const keys = new TrustedKeys({
    file: config.trustedKeysFile,
    pinnedFile: join(dataDirectory, 'identity/release-keys.pem'),
    allowsUnsigned: config.allowUnsignedReleases,
  })
  const store = new ReleaseStore({ dataDirectory, deployRoot }, { keys, logger })
  const revocations = new Revocations(join(dataDirectory, 'revocations.json'), { keys, logger })
  const environment = (user?: SystemUser) => hostEnvironment(foundation.agentEnvironment, config.environment, user)
  const hostLimits = new HostLimits({
    ...{ limits: config.limits, deployRoot, dataDirectory, environment: environment(), ownUser: ownUserName() },
  })
  const gate = new ReleaseGate({ keys, revocations, limits: hostLimits, store })
  const attempts = new AttemptLog(join(dataDirectory, 'attempts'), { logger })
  const artifacts = new Artifacts(join(dataDirectory, 'artifacts'), { swarm, clock, random, logger })
  const { url: coordinatorUrl } = config.coordinator
  const coordinatorFetch = identity && identityFetch(identity.tls, { kind: 'service', name: 'coordinator' })
  const sources = { coordinatorUrl, coordinatorFetch, mirrors: config.swarm.webSeeds }
  const webSeeds = (releaseId: string) => webSeedsOf(sources, releaseId, random)
  const seeding = new Seeding(
    { file: join(dataDirectory, 'seeding.json'), seedForMs: config.swarm.seedForMs },
    { store, artifacts, webSeedsOf: webSeeds, clock, logger },
  )
  const limits = new KeptLimits(
    { file: join(dataDirectory, 'limits.json'), configured: config.swarm.limits },
    { apply: (current) => swarm.setLimits(bandwidthLimits(current)), logger },
  )
  const fleet: AppFleet = new AppFleet(
    { dataDirectory },
    {
      ...{ store, gate, revocations, spool, counters, scraper, redactor, quota, clock, random, logger },
      post: (event) => agent.post(event),
    },
  )
  const send = (draft: Parameters<SessionClient['send']>[0]) => session.send(draft)
  const tasks: TaskRunner = new TaskRunner(
    { host, pools, environment, appVariables: (app) => intake.variables(app) },
    {
      ...{ store, gate, limits: hostLimits, artifacts, logs, counters, send, clock },
      runtimeOf: (app) => fleet.of(app),
      webSeedsOf: webSeeds,
    },
  )
  const verifier = new Verifier({ store, gate, send, clock, logger })
  const agent: Agent = new Agent({
    ...{ attempts, store, gate, revocations, tasks, artifacts, seeding, limits, verifier, disk, send, clock, logger },
    redact: (text) => redactor.text(text),
  })
  const shipper = new SpoolShipper({ spool, send, clock, logger })
  const session: SessionClient = new SessionClient(
    { url: coordinatorUrl, identity: identity?.tls },
    {
      ...{ clock, random, logger },
      handlers: {
        hello: () => ({
          ...{ protocolVersion: sessionProtocolVersion, agentVersion: rookeryVersion, host, pools, labels },
          ...{ observed: agent.observed, attempts: agent.rememberedReports, spoolId: spool.id },
        }),
        heartbeat: () => agent.heartbeat,
        welcomed: ({ spoolAcked }) => shipper.welcomed(spoolAcked),
        disconnected: () => shipper.disconnected(),
        message: (message) => {
          if (message.kind === 'trustBundle') identity?.takeBundle(message.body)
          else if (message.kind === 'spoolAck') shipper.acknowledged(message.body.spoolId, message.body.number)
          else agent.receive(message)
        },
      },
    },
  )

  const state: Component = {
    name: 'state',
    start: async () => {
      await disk.read()
      await revocations.load()
      await store.load()
      await attempts.load()
      await artifacts.sweep(new Set(store.all().map((release) => release.manifest.artifact.infoHash)))
      await limits.load()
      await seeding.start()
      await fleet.resume(tasks, attempts)
    },
    stop: async () => {
      await seeding.stop()
      artifacts.stop()
      await spool.sync()
      spool.close()
    },
  }
  const connection: Component = {
    name: 'session',
    start: () => session.start(),
    stop: async () => {
      logs.flush()
      await counters.stop()
      await shipper.drain(drainMs)
      await session.stop()
    },
  }
  const work: Component = {
    name: 'tasks',
    start: async () => agent.resume(),
    stop: async () => {
      await agent.stop()
      await fleet.detach()
    },
  }
  return {
    components: [intake, state, counters, connection, work],
    agent,
    session,
    spool,
    store,
    artifacts,
    attempts,
    logs,
    limits,
    keys,
  }
}
