import { generateKeyPairSync } from 'node:crypto'
import type { KyselyPlugin, PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely'
import { completeImmune, type Immune } from '../../coordinator/app-config/immune.ts'
import { AppStore } from '../../coordinator/apps/app-store.ts'
import { Builder } from '../../coordinator/build/builder.ts'
import { ControlClient } from '../../coordinator/distribution/control-client.ts'
import { Distribution } from '../../coordinator/distribution/distribution.ts'
import { EventHub } from '../../coordinator/events/event-hub.ts'
import { Holds } from '../../coordinator/locks/holds.ts'
import { RolloutLease } from '../../coordinator/locks/lease.ts'
import { LockGate } from '../../coordinator/locks/start-gate.ts'
import { LogStore } from '../../coordinator/logs/log-store.ts'
import { ReleaseFiles } from '../../coordinator/releases/release-files.ts'
import { ReleaseStore } from '../../coordinator/releases/release-store.ts'
import { Releases } from '../../coordinator/releases/releases.ts'
import { Revocations } from '../../coordinator/releases/revocations.ts'
import { keySigner } from '../../coordinator/releases/signer.ts'
import { DesiredReleases } from '../../coordinator/rollout/desired-releases.ts'
import { composeRollouts } from '../../coordinator/rollout/rollout-parts.ts'
import { HostRegistry } from '../../coordinator/session/host-registry.ts'
import type { Database } from '../../coordinator/store/database.ts'
import { completePolicy, type RolloutPolicy } from '../../planning/policy.ts'
import { encodeManifest, type ReleaseManifest } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { Redactor } from '../../runtime/redactor.ts'
import type { SimulatedFleet } from './simulated-fleet.ts'

const signer = keySigner(generateKeyPairSync('ed25519').privateKey)
const nowhere = 'http://simulated.invalid'

/** How long a host in flight may be away. */
export const graceMs = 4_000

/** The swarm is simulated by the time a fetch takes: every artifact is served at once. */
class ServedAtOnce extends Distribution {
  override async publish(): Promise<void> {}
}

class EmptyTorrents extends ReleaseFiles {
  override async torrent(): Promise<Uint8Array> {
    return new Uint8Array()
  }
}

/**
 * The store as one life of a coordinator sees it: gone from one statement to the next. `killAfter` is the number of
 * rollout events that it still stores; nothing is done about the last of them.
 */
class KillSwitch implements KyselyPlugin {
  isDead = false
  stored = 0
  readonly #killAfter: number
  readonly #onDeath: () => void
  readonly #lastOfEvent = new WeakSet<object>()

  constructor(killAfter: number, onDeath: () => void) {
    this.#killAfter = killAfter
    this.#onDeath = onDeath
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs) {
    if (this.isDead) throw new Error('this coordinator was killed')
    const table = node.kind === 'InsertQueryNode' ? node.into?.table.identifier.name : undefined
    // An event's transaction ends with its summary.
    if (table === 'rollout') this.#lastOfEvent.add(queryId)
    return node
  }

  async transformResult({ result, queryId }: PluginTransformResultArgs) {
    if (!this.#lastOfEvent.has(queryId)) return result
    this.stored++
    if (this.stored === this.#killAfter) this.die()
    return result
  }

  die(): void {
    this.isDead = true
    this.#onDeath()
  }
}

interface Options {
  /** It is killed as soon as it has stored so many rollout events. */
  readonly killAfter?: number
}

interface Dependencies {
  readonly database: Database
  readonly fleet: SimulatedFleet
  readonly clock: Clock
  readonly random: Random
}

/** One life of a coordinator: the real parts over a store that outlives it, and simulated agents. */
export async function simulatedCoordinator(
  { killAfter = Number.POSITIVE_INFINITY }: Options,
  { database: stored, fleet, clock, random }: Dependencies,
) {
  const life = new KillSwitch(killAfter, () => stop())
  const database = stored.withPlugin(life)
  const logger = silentLogger()
  const hub = new EventHub({ database, clock })
  const gate = new LockGate({ holds: new Holds({ database, hub, clock, random }), freezes: [], clock, logger })
  const logs = new LogStore(database)
  const apps = new AppStore({ database, clock })
  const hosts = new HostRegistry({ database, clock })
  const desired = new DesiredReleases({ database, clock })
  const files = new EmptyTorrents(nowhere)
  const store = new ReleaseStore(database, signer.publicPem)
  const build = { dataDirectory: nowhere, announceUrls: [], store, files, signer, clock, random }
  const redactor = Redactor.none
  const revocations = new Revocations({ database, store, signer, hub, clock, logger })
  const building = { apps, builder: new Builder(build), store, files, revocations, hub, logs, redactor, clock, logger }
  const releases = new Releases(building)
  const [tracker, seeder] = ['tracker', 'seeder'].map((name) => new ControlClient({ name, controlUrl: nowhere }))
  const distribution = new ServedAtOnce(
    { reconcileMs: 60_000 },
    { tracker: tracker!, seeder: seeder!, store, files, publicUrl: () => nowhere, clock, logger },
  )
  const parts = composeRollouts(
    { graceMs, reconcileMs: 15_000 },
    {
      ...{
        database,
        apps,
        releases,
        releaseStore: store,
        releaseFiles: files,
        revocations,
        distribution,
        hosts,
        desired,
        logs,
        hub,
      },
      ...{ gate, lease: new RolloutLease({ database, clock, random, logger }), clock, random, logger },
      counters: fleet.counters,
      send: (host, draft) => !life.isDead && fleet.send(host, draft),
      fetchesChanged: () => {},
      isInInventory: () => null,
      shouldBeAlive: async () => null,
    },
  )
  const { rollouts, desk, absences, convergence, watch } = parts
  hub.subscribe(({ type, rolloutId, host, data }) => {
    if (type !== 'rollout.host' || life.isDead) return
    // Given up without a word from its agent.
    if (data.state !== 'activating' && data.state !== 'fetched') fleet.moving.delete(`${rolloutId} ${host}`)
  })
  const stop = () => {
    fleet.coordinatorWent()
    absences.stop()
    void convergence.stop()
    void watch.stop()
    void rollouts.stop()
  }
  await hosts.load()
  await desired.load()
  await revocations.load()
  revocations.onChange(() => rollouts.haltRevoked())
  await rollouts.start()
  await convergence.start()
  await watch.start()
  fleet.coordinatorCame({
    async hello(hello) {
      await hosts.enroll(hello)
      for (const attempt of hello.attempts) {
        if (attempt.final) rollouts.attemptEnded(hello.host, attempt)
        else rollouts.disown(hello.host, attempt)
      }
      absences.came(hello.host)
      rollouts.agentCame(hello.host)
      convergence.look()
    },
    async heartbeat(host, heartbeat) {
      if (await hosts.observe(host, heartbeat)) desk.reconsider()
    },
    async report(host, report) {
      if (report.final) fleet.moving.delete(`${report.rolloutId} ${host}`)
      rollouts.phaseReported(host, report)
    },
    async closed(host, saidGoodbye) {
      await hosts.disconnected(host)
      absences.went(host, saidGoodbye)
      desk.reconsider()
    },
  })
  return { ...parts, hosts, desired, hub, store, revocations, apps, life }
}

export type SimulatedCoordinator = Awaited<ReturnType<typeof simulatedCoordinator>>

/** Makes a release of the app known, ready to be rolled out by this policy. */
export async function putRelease(
  { store, apps }: Pick<SimulatedCoordinator, 'store' | 'apps'>,
  {
    app,
    releaseId,
    createdAtMs = 0,
    policy = {},
    immune = { watchMs: 0 },
  }: {
    readonly app: string
    readonly releaseId: string
    readonly createdAtMs?: number
    readonly policy?: Partial<RolloutPolicy>
    readonly immune?: Partial<Immune>
  },
): Promise<void> {
  const manifest: ReleaseManifest = {
    ...{ schemaVersion: 1, releaseId, app, revision: `revision-of-${releaseId}`, createdAtMs },
    artifact: {
      ...{ fileName: 'app.tar', format: 'tar', bytes: 1, unpackedBytes: 1, entries: 1 },
      ...{ sha256: '0'.repeat(64), infoHash: '0'.repeat(40) },
    },
    deploy: {
      ...{ path: `/srv/${app}`, keep: 3, hooks: {} },
      readiness: { probes: [], intervalMs: 20, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 },
    },
  }
  await apps.put(app, { directory: nowhere })
  await store.begin(releaseId, app, manifest.revision, 0)
  const signed = { manifest: encodeManifest(manifest), signature: new Uint8Array(64) }
  const kept = {
    ...signed,
    policy: { rollout: completePolicy(policy), immune: completeImmune(immune), notifications: [] },
  }
  await store.finish(releaseId, manifest.revision, kept, 1)
}
