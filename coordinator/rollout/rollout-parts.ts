import type { CoordinatorDraft } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { AppStore } from '../apps/app-store.ts'
import type { Distribution } from '../distribution/distribution.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { CounterSource } from '../immune/counter-source.ts'
import { evidenceLines } from '../immune/evidence.ts'
import { ImmuneSystem } from '../immune/immune-system.ts'
import type { RolloutLease } from '../locks/lease.ts'
import type { StartGate } from '../locks/start-gate.ts'
import type { LogStore } from '../logs/log-store.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { Database } from '../store/database.ts'
import { Absences } from './absences.ts'
import { AgentDispatch } from './agent-dispatch.ts'
import { CapacityDesk } from './capacity-desk.ts'
import { Convergence } from './convergence.ts'
import type { DesiredReleases } from './desired-releases.ts'
import { Homecoming } from './homecoming.ts'
import { ImmuneWatch } from './immune-watch.ts'
import { Previews } from './previews.ts'
import { RolloutEndings } from './rollout-endings.ts'
import { RolloutExecutor } from './rollout-executor.ts'
import { RolloutLog } from './rollout-log.ts'
import { RolloutNews } from './rollout-news.ts'
import { RolloutOrders } from './rollout-orders.ts'
import { RolloutQueue } from './rollout-queue.ts'
import { Rollouts, type Runners } from './rollouts.ts'

interface Options {
  /** How long a host in flight may be away. */
  readonly graceMs: number
  readonly hostMbitPerSecond?: number
  /** How often hosts that lag behind are looked for. */
  readonly reconcileMs: number
}

interface Dependencies {
  readonly database: Database
  readonly apps: AppStore
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly releaseFiles: ReleaseFiles
  readonly revocations: Revocations
  readonly distribution: Distribution
  readonly hosts: HostRegistry
  readonly desired: DesiredReleases
  readonly counters: CounterSource
  readonly logs: LogStore
  readonly hub: EventHub
  readonly gate: StartGate
  readonly lease: RolloutLease
  /** Sends to a host's agent; false when it is away. */
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
  readonly fetchesChanged: () => void
  /** Where people find the dashboard, if that is known. */
  readonly publicUrl?: string
  readonly isInInventory: (host: string) => boolean | null
  readonly shouldBeAlive: (host: string) => Promise<boolean | null>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Puts together what makes rollouts happen. */
export function composeRollouts(options: Options, dependencies: Dependencies) {
  const { database, apps, releases, releaseStore, revocations, hosts, desired, gate, clock, logger } = dependencies
  const refusal = (releaseId: string) => revocations.refusal(releaseId)
  const runners: Runners = new Map()
  const log = new RolloutLog(database)
  const dispatch = new AgentDispatch({ store: releaseStore, files: dependencies.releaseFiles, send: dependencies.send })
  const orders = new RolloutOrders({ releases, releaseStore, revocations, hosts, random: dependencies.random })
  const homecoming = new Homecoming(options, { hosts, clock })
  const queue = new RolloutQueue({
    ...{ gate, lease: dependencies.lease, clock, logger },
    runners: () => runners.values(),
    hasTurn: () => desk.reconsider(),
  })
  const desk = new CapacityDesk({
    hosts,
    runners: () => [...runners.values()],
    drives: (runner) => queue.drives(runner),
    agentAway: (host) => absences.went(host, false),
    now: () => clock.now(),
    onError: (error) => logger.error({ error }, 'hosts that may move could not be told so'),
  })
  const absences = new Absences(options, {
    isInInventory: dependencies.isInInventory,
    shouldBeAlive: dependencies.shouldBeAlive,
    onEnd: (end) => rollouts.absenceEnded(end),
    clock,
    logger,
  })
  const immune = new ImmuneSystem({
    counters: dependencies.counters,
    clockAheadMs: (host) => hosts.clockAheadMs(host),
    others: (app, sinceMs) => log.ofOthers(app, sinceMs),
    linesOf: (rolloutId, host) => evidenceLines(dependencies.logs, rolloutId, host),
  })
  const executor = new RolloutExecutor({
    ...{
      releases,
      releaseStore,
      revocations,
      distribution: dependencies.distribution,
      dispatch,
      hosts,
      desired,
      immune,
    },
    agentsBack: (signal) => homecoming.wait(signal),
    reserve: () => desk.reconsider(),
    agentAway: (host) => absences.went(host, false),
    ...{ clock, logger },
  })
  const endings = new RolloutEndings({
    ...{ log, desired, orders },
    create: async (draft, id) => void (await rollouts.create(draft, id)),
    cannotGoBack: ({ id: rolloutId, app }, reason) => {
      const message = `${app}: rollout ${rolloutId} cannot go back: ${reason}`
      forRollout(logger, rolloutId).warn({ app }, message)
      void dependencies.hub.publish({ type: 'alert', rolloutId, app, data: { subject: 'rollout', message } })
    },
    ended: (state) => convergence.concluded(state),
  })
  const news = new RolloutNews({
    releaseStore,
    hub: dependencies.hub,
    publicUrl: dependencies.publicUrl,
    clock,
    logger,
  })
  const watch = new ImmuneWatch(options, {
    ...{ log, clock, logger },
    judge: (state, isLast) => executor.judge(state, isLast),
    isSuperseded: (state) => queue.hasTurn(state.app) || endings.lastOf(state.app)?.id !== state.id,
    conclude: (state) => endings.conclude(state),
    turnedBad: (state, verdict) => news.turnedBad(state, verdict),
  })
  const rollouts = new Rollouts(options, {
    ...{ runners, log, orders, queue, desk, endings, news, executor, watch, hosts, refusal, clock, logger },
    ...{ hub: dependencies.hub, logs: dependencies.logs, random: dependencies.random },
    cancel: (host, attempt) => dispatch.cancel(host, attempt),
    fetchesChanged: dependencies.fetchesChanged,
  })
  const convergence = new Convergence(
    { periodMs: options.reconcileMs },
    {
      ...{ apps, hosts, desired, runners, refusal, clock, logger },
      lastOf: (app) => endings.lastOf(app),
      converge: (app, releaseId, names) => rollouts.create(orders.ofConvergence(app, releaseId, names)),
    },
  )
  const previews = new Previews({ orders, releases, releaseStore, hosts, queue, gate })
  gate.onStop((reason, app) => rollouts.pauseAll(reason, app))
  return { rollouts, runners, orders, endings, desk, absences, convergence, previews, watch }
}
