import { mkdir } from 'node:fs/promises'
import type { Server as TlsServer } from 'node:https'
import { join } from 'node:path'
import { systemClock } from '../runtime/clock.ts'
import { type DirectoryLock, lockDirectory } from '../runtime/directory-lock.ts'
import { httpComponent } from '../runtime/http-server.ts'
import { closeInheritedFiles } from '../runtime/inherited-files.ts'
import { systemRandom } from '../runtime/random.ts'
import { Redactor } from '../runtime/redactor.ts'
import type { ServiceContext } from '../runtime/service.ts'
import { rookeryVersion } from '../runtime/version.ts'
import { identityFetch } from '../trust/identity-fetch.ts'
import { composeAccess } from './access/compose-access.ts'
import { createApi } from './api/server.ts'
import { AppStore } from './apps/app-store.ts'
import { Builder } from './build/builder.ts'
import { chatActions } from './chat/chat-actions.ts'
import { loadSigningSecret } from './chat/signing-secret.ts'
import type { CoordinatorConfig } from './config.ts'
import { registerCounterMetrics } from './counters/counter-metrics.ts'
import { CounterStore } from './counters/counter-store.ts'
import { CounterSweep } from './counters/counter-sweep.ts'
import { composeQueries } from './counters/query-parts.ts'
import { AgentOrders } from './distribution/agent-orders.ts'
import { ControlClient } from './distribution/control-client.ts'
import { Distribution } from './distribution/distribution.ts'
import { LimitRules } from './distribution/limit-rules.ts'
import { WebSeedCap } from './distribution/web-seed-cap.ts'
import { EventHub } from './events/event-hub.ts'
import { composeFleetPort } from './identity/fleet-parts.ts'
import { addressesOf, apiCertificate, composeIdentity } from './identity/identity-parts.ts'
import { TrustPush } from './identity/trust-push.ts'
import { StoredCounters } from './immune/counter-source.ts'
import { Inventory } from './inventory/inventory.ts'
import { shouldBeAlive } from './inventory/should-be-alive.ts'
import { parseFreezes } from './locks/freeze-windows.ts'
import { Holds } from './locks/holds.ts'
import { RolloutLease } from './locks/lease.ts'
import { LockGate } from './locks/start-gate.ts'
import { composeLogs } from './logs/log-parts.ts'
import { coordinatorMetrics } from './metrics.ts'
import { Reconciliation } from './reconciliation/reconciliation.ts'
import { ReleaseFiles } from './releases/release-files.ts'
import { ReleaseStore } from './releases/release-store.ts'
import { Releases } from './releases/releases.ts'
import { Revocations } from './releases/revocations.ts'
import { openSigner } from './releases/signer.ts'
import { DesiredReleases } from './rollout/desired-releases.ts'
import { PhaseResults } from './rollout/phase-results.ts'
import { composeRollouts } from './rollout/rollout-parts.ts'
import { HostRegistry } from './session/host-registry.ts'
import { sessionHandlers } from './session/session-handlers.ts'
import { SessionServer } from './session/session-server.ts'
import { SpoolIngest } from './session/spool-ingest.ts'
import { openDatabase } from './store/database.ts'
import { sqliteFlavor } from './store/sqlite.ts'

/** A fleet's hosts send their counters within two seconds: what comes so close together is stored at once. */
const ingestLingerMs = 200

/** Puts the coordinator's parts together: who is given what stands here and nowhere else. */
export async function composeCoordinator({
  config,
  logger,
  lifecycle,
}: ServiceContext<CoordinatorConfig>): Promise<void> {
  closeInheritedFiles()
  const { dataDirectory } = config
  const freezes = parseFreezes(config.freezes)
  const signingSecret = await loadSigningSecret(config.chat.signingSecretFile)
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(dataDirectory)
  const [clock, random] = [systemClock, systemRandom]
  const database = await openDatabase(sqliteFlavor(join(dataDirectory, 'coordinator.sqlite')))
  const redactor = Redactor.of(config.redact, process.env)
  const signer = await openSigner(config.signing, dataDirectory, { redact: (text) => redactor.text(text) })

  const access = composeAccess(config, { database, clock, random, logger })
  const hub = new EventHub({ database, clock })
  const gate = new LockGate({ holds: new Holds({ database, hub, clock, random }), freezes, clock, logger })
  const inventory = new Inventory(config.inventory, { database, hub, clock, logger })
  const { store: logs, acks, ...logParts } = composeLogs(config.logs, { database, clock, random, logger })
  const counters = new CounterStore(database, config.counters)
  const apps = new AppStore({ database, clock })
  const hosts = new HostRegistry({ database, clock })
  const desired = new DesiredReleases({ database, clock })
  const releaseFiles = new ReleaseFiles(dataDirectory)
  const releaseStore = new ReleaseStore(database, signer.publicPem)
  const { announceUrls } = config.tracker
  const builder = new Builder({
    dataDirectory,
    announceUrls,
    passVariables: config.builds.passVariables,
    store: releaseStore,
    files: releaseFiles,
    signer,
    // Standard clients find in it whose certificates the swarm asks for.
    sslCertificate: () => (config.distribution.transport === 'tls' ? identity?.tls.bundle.authorities[0] : undefined),
    clock,
    random,
  })
  const revocations = new Revocations({ database, store: releaseStore, signer, hub, clock, logger })
  const releases = new Releases({
    ...{ apps, builder, store: releaseStore, files: releaseFiles, revocations, redactor, hub, logs, clock, logger },
  })
  const identity =
    config.access === 'open'
      ? undefined
      : await composeIdentity(
          {
            ...{ dataDirectory, config: config.identity, releaseKeys: signer.publicPems.join('') },
            addresses: addressesOf(
              [config.listen.host, config.fleet.listen.host],
              [config.publicUrl, config.fleet.url],
            ),
          },
          { database, clock, random, logger },
        )
  const controlClient = (name: 'tracker' | 'seeder') =>
    new ControlClient({
      ...{ name, controlUrl: config[name].controlUrl },
      fetch: identity && identityFetch(identity.tls, { kind: 'service', name }),
    })
  const services = { tracker: controlClient('tracker'), seeder: controlClient('seeder') }
  const distribution = new Distribution(
    { reconcileMs: config.reconcileMs },
    {
      ...{ ...services, store: releaseStore, files: releaseFiles, clock, logger },
      publicUrl: () => (fleetPort ? (config.fleet.url ?? fleetPort.url()) : (config.publicUrl ?? listeningUrl())),
    },
  )
  const ingest = new SpoolIngest({ database, logs, counters, redactor, clock }, { lingerMs: ingestLingerMs })
  const phaseResults = new PhaseResults({ database, logger })
  const rolloutParts = composeRollouts(
    {
      graceMs: config.agents.graceMs,
      hostMbitPerSecond: config.distribution.hostMbitPerSecond,
      reconcileMs: config.reconcileMs,
    },
    {
      ...{
        database,
        apps,
        releases,
        releaseStore,
        releaseFiles,
        revocations,
        distribution,
        hosts,
        desired,
        counters: new StoredCounters(counters),
        logs,
        hub,
      },
      ...{ gate, lease: new RolloutLease({ database, clock, random, logger }), clock, random, logger },
      send: (host, draft) => sessions.send(host, draft),
      fetchesChanged: () => agentOrders.fetchesChanged(),
      publicUrl: config.publicUrl,
      isInInventory: (host) => inventory.has(host),
      shouldBeAlive: shouldBeAlive(config.agents.shouldBeAlive, { logger }),
    },
  )
  const { rollouts } = rolloutParts
  inventory.onChange(({ left }) => {
    for (const host of left) rolloutParts.absences.leftInventory(host)
  })
  const limitRules = new LimitRules({ database, clock })
  const agentOrders = new AgentOrders({
    ...{ hosts, rules: limitRules, fetching: () => rollouts.fetching() },
    send: (host, draft) => sessions.send(host, draft),
  })
  const metrics = coordinatorMetrics(hosts, rollouts)
  registerCounterMetrics(metrics, counters)
  const reconciliation = new Reconciliation(
    { ...config.reconciliation, awayGraceMs: config.agents.graceMs },
    {
      ...{
        ...rolloutParts,
        services,
        database,
        apps,
        hosts,
        inventory,
        desired,
        releaseStore,
        releaseFiles,
        revocations,
        hub,
        random,
      },
      lastOf: (app) => rolloutParts.endings.lastOf(app),
      converge: () => rolloutParts.convergence.look(),
      send: (host, draft) => sessions.send(host, draft),
      ...{ clock, logger },
    },
  )
  for (const part of [reconciliation, logParts]) part.register(metrics)
  const parts = {
    ...{
      apps,
      releases,
      releaseStore,
      releaseFiles,
      revocations,
      rollouts,
      hosts,
      desired,
      logs,
      counters,
      hub,
      limitRules,
    },
    ...{ agentOrders, gate, inventory, reconciliation, phaseResults, clock, identity },
    publicPems: signer.publicPems,
    logReader: logParts.reader,
    access,
    ...composeQueries(config.counters.keep, { store: counters, hosts, rollouts, clock }),
    webSeedCap: new WebSeedCap(config.distribution.webSeed, { clock, random }),
    chat: { signingSecret, actions: chatActions({ apps, rollouts, gate }) },
    previews: rolloutParts.previews,
  }
  let ready = false
  const certificate = await apiCertificate(config.listen, identity, { clock, logger })
  const server = await createApi(
    { listen: config.listen, tls: certificate?.options, version: rookeryVersion },
    { parts, metrics, logger, notReady: () => (ready ? undefined : 'the coordinator is starting') },
  )
  certificate?.keep(server.server as unknown as TlsServer)
  const fleetPort =
    identity &&
    (await composeFleetPort(config.fleet.listen, {
      ...{ identity, artifacts: parts, metrics, clock, logger },
      record: ({ from, ...action }) => access.audit.record({ ...action, source: from, parameters: {} }),
      notReady: () => (ready ? undefined : 'the coordinator is starting'),
    }))
  const handlers = sessionHandlers({
    ...{ ...rolloutParts, phaseResults, hosts, ingest, acks, hub, agentOrders, reconciliation, revocations },
    trustBundle: () => identity?.enrolments.bundle,
  })
  const sessions = new SessionServer(
    { heartbeatMs: config.agents.heartbeatMs },
    { server: fleetPort?.server ?? server.server, admission: fleetPort?.admission, handlers, clock, logger },
  )
  revocations.onChange(() => {
    sessions.sendAll({ releaseRevocations: { revocations: revocations.current } })
    rollouts.haltRevoked()
  })
  const trustPush =
    identity &&
    new TrustPush({
      ...{ enrolments: identity.enrolments, services, clock, logger },
      tellAgents: (trustBundle) => sessions.sendAll({ trustBundle }),
    })
  const listeningUrl = () => {
    const address = server.server.address()
    const port = typeof address === 'object' && address ? address.port : config.listen.port
    return `${certificate ? 'https' : 'http'}://${config.listen.host.includes(':') ? `[${config.listen.host}]` : config.listen.host}:${port}`
  }

  lifecycle.add(
    storeComponent(database, [hub, phaseResults], lock, async () => {
      await hosts.load()
      await desired.load()
      await limitRules.load()
      await revocations.load()
      for (const [name, source] of Object.entries(config.apps)) await apps.put(name, source)
    }),
  )
  lifecycle.add(access.component)
  if (identity) for (const component of [identity.component, identity.enrolments]) lifecycle.add(component)
  if (certificate) lifecycle.add(certificate)
  lifecycle.add(httpComponent(server, config.listen, logger))
  if (fleetPort) lifecycle.add(fleetPort.component)
  if (trustPush) lifecycle.add(trustPush)
  lifecycle.add(releases)
  lifecycle.add(distribution)
  lifecycle.add(gate)
  lifecycle.add(inventory)
  lifecycle.add(rollouts)
  lifecycle.add(rolloutParts.absences)
  lifecycle.add(rolloutParts.convergence)
  lifecycle.add(rolloutParts.watch)
  lifecycle.add(reconciliation.sweep)
  for (const component of [sessions, ...logParts.components]) lifecycle.add(component)
  lifecycle.add(new CounterSweep(config.counters.keep, { store: counters, clock, logger }))
  lifecycle.add({
    name: 'readiness',
    start: async () => {
      ready = true
    },
    stop: async () => {
      ready = false
    },
  })
}

function storeComponent(
  database: Awaited<ReturnType<typeof openDatabase>>,
  writers: readonly { flush(): Promise<void> }[],
  lock: DirectoryLock,
  load: () => Promise<void>,
) {
  const stop = async () => {
    await Promise.all(writers.map((writer) => writer.flush()))
    await database.destroy()
    lock.release()
  }
  return { name: 'store', start: load, stop }
}
