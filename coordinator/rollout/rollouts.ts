import type { Rollout, RolloutRequest, RolloutSummary } from '../../proto/http/api.ts'
import { decodeManifest } from '../../proto/release-manifest.ts'
import { type FetchProgress, type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Fetching } from '../distribution/agent-orders.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogStore } from '../logs/log-store.ts'
import { LogWriter } from '../logs/log-writer.ts'
import { type NotificationMoment, notify } from '../notifications/webhook.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { AttemptName } from './agent-dispatch.ts'
import { finalEvent } from './agent-report.ts'
import type { DesiredReleases } from './desired-releases.ts'
import type { RolloutEvent } from './events.ts'
import { requested } from './reducer.ts'
import type { RolloutExecutor } from './rollout-executor.ts'
import type { RolloutLog } from './rollout-log.ts'
import { RolloutRunner } from './rollout-runner.ts'
import { rolloutSummary, rolloutView } from './rollout-view.ts'
import { hasEnded, isSettled, type RolloutState } from './state.ts'

interface Dependencies {
  readonly log: RolloutLog
  readonly hub: EventHub
  readonly logs: LogStore
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly executor: RolloutExecutor
  readonly hosts: HostRegistry
  readonly desired: DesiredReleases
  /** Tells a connected agent to stop an attempt. */
  readonly cancel: (host: string, attempt: AttemptName) => void
  /** Some host began to fetch, or is done with it. */
  readonly fetchesChanged: () => void
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface Options {
  /** How long a host in flight may be away. */
  readonly graceMs: number
  /** What one host can receive, if that is known. */
  readonly hostMbitPerSecond?: number
}

/** All rollouts: takes requests, keeps one rollout an app moving, routes what agents report, and resumes after a restart. */
export class Rollouts implements Component {
  readonly name = 'rollouts'
  readonly #graceMs: number
  readonly #capacity: number | undefined
  readonly #dependencies: Dependencies
  /** Rollouts that have work left, oldest first. */
  readonly #runners = new Map<string, RolloutRunner>()
  readonly #graceTimers = new Map<string, Timer>()
  #stopped = false

  constructor(options: Options, dependencies: Dependencies) {
    this.#graceMs = options.graceMs
    this.#capacity = options.hostMbitPerSecond && (options.hostMbitPerSecond * 1_000_000) / 8
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    const { log, hosts } = this.#dependencies
    for (const id of await log.unsettled()) {
      const { state, events } = await log.load(id)
      // It ended, but we were stopped before what follows from that was done.
      if (isSettled(state)) {
        await this.#conclude(state)
        continue
      }
      const runner = this.#runner(state, events)
      this.#runners.set(id, runner)
      if (state.phase !== 'queued') runner.say('the coordinator was restarted; the rollout goes on')
      runner.resumeWork()
    }
    // Agents get the same grace to come back to a restarted coordinator as it gives them.
    for (const host of hosts.all()) this.agentLeft(host.name)
    for (const app of new Set([...this.#runners.values()].map((runner) => runner.state.app))) await this.#startNext(app)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#dependencies.executor.stop()
    for (const runner of this.#runners.values()) runner.stop()
    for (const timer of this.#graceTimers.values()) timer.cancel()
  }

  /**
   * Takes a rollout into its app's queue and starts it when its turn has come.
   * @throws {RookeryError} NOT_FOUND, REVISION_UNKNOWN, APP_CONFIG_INVALID, CONFLICT when it must not wait but would.
   */
  async request(request: RolloutRequest): Promise<Rollout> {
    if (request.revision !== undefined && request.releaseId !== undefined) {
      throw new RookeryError('REQUEST_INVALID', 'body.releaseId excludes body.revision: name one of them')
    }
    this.#refuseUnknownPools(request.pools ?? [])
    const { revision, releaseId } = await this.#target(request)
    const inTheWay = this.#running(request.app)
    if (request.noQueue && inTheWay) {
      throw new RookeryError(
        'CONFLICT',
        `rollout ${inTheWay.state.id} of ${request.app} is ${inTheWay.state.phase}, and this one was not to wait`,
      )
    }
    const common = { app: request.app, rebuild: request.rebuild ?? false, rollbackOf: null, pools: request.pools ?? [] }
    return this.#create({ ...common, revision, releaseId })
  }

  /** Takes a rollout back: stops it if it still runs and moves its pools to the release that was live before. */
  async rollBack(id: string, reason: string | undefined): Promise<Rollout> {
    const { state } = await this.#load(id)
    const releaseId = state.plan?.previousReleaseId ?? null
    const differing = Object.entries(state.plan?.previousReleaseIds ?? {}).map(
      ([pool, previous]) => `${pool}: ${previous}`,
    )
    if (releaseId === null && differing.length > 1) {
      const advice = `deploy each with: rookery deploy ${state.app} --release ID --pool POOL`
      throw new RookeryError(
        'CONFLICT',
        `the pools of rollout ${id} ran different releases before it (${differing.join(', ')}); ${advice}`,
      )
    }
    if (releaseId === null)
      throw new RookeryError('CONFLICT', `rollout ${id} has nothing to go back to: no release was live before it`)
    const { revision } = decodeManifest((await this.#dependencies.releaseStore.signed(releaseId)).manifest)
    if (!hasEnded(state)) await this.abort(id, reason ?? 'rolled back')
    return this.#create({ app: state.app, revision, releaseId, rebuild: false, rollbackOf: id, pools: state.pools })
  }

  async pause(id: string, reason: string | undefined): Promise<Rollout> {
    return this.#control(
      id,
      { type: 'paused', reason: reason ?? 'by an operator', atMs: this.#now() },
      (state) => state.phase === 'paused',
    )
  }

  async resume(id: string): Promise<Rollout> {
    const wasPaused = this.#runners.get(id)?.state.phase === 'paused'
    return this.#control(
      id,
      { type: 'resumed', atMs: this.#now() },
      // One that was paused behind its last batch is done as soon as it goes on.
      ({ phase }) => phase === 'distributing' || phase === 'activating' || (wasPaused && phase !== 'paused'),
    )
  }

  async abort(id: string, reason: string | undefined): Promise<Rollout> {
    return this.#control(
      id,
      { type: 'aborted', reason: reason ?? 'by an operator', atMs: this.#now() },
      (state) => state.phase === 'aborted',
    )
  }

  async get(id: string): Promise<Rollout> {
    const { state } = await this.#load(id)
    return this.#view(state)
  }

  list(options: { app?: string; limit: number }): Promise<RolloutSummary[]> {
    return this.#dependencies.log.list(options)
  }

  /** How many rollouts have work left. */
  get unsettled(): number {
    return this.#runners.size
  }

  /** Every host that is to fetch a release and has not reported an end. */
  *fetching(): Iterable<Fetching> {
    for (const { state } of this.#runners.values()) {
      if (state.releaseId === null || hasEnded(state)) continue
      for (const { host, status } of Object.values(state.hosts))
        if (status.is === 'fetching') yield { host, releaseId: state.releaseId }
    }
  }

  agentCame(host: string): void {
    this.#graceTimers.get(host)?.cancel()
    this.#graceTimers.delete(host)
    for (const runner of this.#runners.values()) runner.resumeHost(host)
  }

  /** Starts the grace time after which a host in flight counts as lost. */
  agentLeft(host: string): void {
    if (this.#stopped || this.#graceTimers.has(host)) return
    const lost = () => {
      this.#graceTimers.delete(host)
      const message = `its agent was away for more than ${this.#graceMs} ms`
      for (const runner of this.#runners.values())
        this.#feed(runner, { type: 'hostLost', atMs: this.#now(), host, message })
    }
    this.#graceTimers.set(host, this.#dependencies.clock.after(this.#graceMs, lost))
  }

  /** Stops an attempt that an agent is still at and no rollout waits for: it was given up while the agent was away. */
  disown(host: string, { attemptId, rolloutId, app, releaseId }: PhaseReport): void {
    const runners = [...this.#runners.values()]
    const isAwaited = runners.some((runner) => runner.awaits(host, attemptId))
    if (!isAwaited) this.#dependencies.cancel(host, { attemptId, rolloutId, app, releaseId })
  }

  phaseReported(host: string, report: PhaseReport): void {
    const runner = this.#runners.get(report.rolloutId)
    if (!runner) return
    if (report.state === PhaseState.PHASE_STATE_STARTED) return runner.phaseStarted(host, phaseName(report.phase))
    if (!report.final) return
    const clockAheadMs = this.#dependencies.hosts.clockAheadMs(host)
    this.#feed(runner, finalEvent(runner.state, host, report, { atMs: this.#now(), clockAheadMs }))
  }

  fetchProgressed(host: string, progress: FetchProgress): void {
    this.#runners.get(progress.rolloutId)?.fetchProgressed(host, progress.bytesDone, progress.bytesTotal)
  }

  /** A misspelt pool is refused now, not after a build. */
  #refuseUnknownPools(pools: readonly string[]): void {
    const known = new Set(this.#dependencies.hosts.all().flatMap((host) => host.pools))
    const unknown = pools.filter((pool) => !known.has(pool))
    if (unknown.length === 0) return
    const names = [...known].sort().join(', ') || 'none yet'
    throw new RookeryError('NOT_FOUND', `no host is in pool ${unknown.join(', ')}; the pools are: ${names}`)
  }

  async #target(request: RolloutRequest): Promise<{ revision: string | null; releaseId: string | null }> {
    const { releases, releaseStore } = this.#dependencies
    if (request.releaseId === undefined) {
      const target = await releases.resolve(request.app, request.revision)
      return { revision: target.revision, releaseId: null }
    }
    const { app, revision } = decodeManifest((await releaseStore.signed(request.releaseId)).manifest)
    if (app !== request.app)
      throw new RookeryError(
        'REQUEST_INVALID',
        `body.releaseId: ${request.releaseId} is a release of ${app}, not of ${request.app}`,
      )
    return { revision, releaseId: request.releaseId }
  }

  async #create(request: Omit<Extract<RolloutEvent, { type: 'requested' }>, 'type' | 'id' | 'atMs'>): Promise<Rollout> {
    const event = { ...request, type: 'requested' as const, id: this.#newId(), atMs: this.#now() }
    const state = requested(event)
    await this.#dependencies.log.append(state, 0, event)
    const runner = this.#runner(state, 1)
    const behind = this.#running(state.app)
    this.#runners.set(state.id, runner)
    runner.say(behind ? `queued behind rollout ${behind.state.id}` : 'requested')
    await this.#dependencies.hub.publish({
      type: 'rollout.queued',
      rolloutId: state.id,
      app: state.app,
      data: { behind: behind?.state.id ?? null },
    })
    await this.#startNext(state.app)
    return this.#view(runner.state)
  }

  #newId(): string {
    const time = new Date(this.#now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
    return `r${time}-${Buffer.from(this.#dependencies.random.bytes(3)).toString('hex')}`
  }

  #runner(state: RolloutState, events: number): RolloutRunner {
    const { log, hub, clock, logs, logger, executor } = this.#dependencies
    const onError = (error: unknown) => logger.error({ error }, 'a log chunk was not stored')
    const writer = new LogWriter(
      { rolloutId: state.id, releaseId: '', stream: 'coordinator' },
      { store: logs, clock, onError },
    )
    return new RolloutRunner(state, events, {
      ...{ log, hub, clock, writer },
      graceMs: this.#graceMs,
      onError: (error) => forRollout(logger, state.id).error({ error }, 'an event of the rollout was not stored'),
      execute: (runner, command) => void executor.execute(runner, command),
      judge: (current) => executor.judge(current),
      changed: (runner, before) => this.#changed(runner, before, writer),
    })
  }

  /** The rollout of the app that is under way; queued ones are behind it. */
  #running(app: string): RolloutRunner | undefined {
    return [...this.#runners.values()].find((runner) => runner.state.app === app && !isSettled(runner.state))
  }

  async #startNext(app: string): Promise<void> {
    const next = this.#running(app)
    if (!this.#stopped && next?.state.phase === 'queued') await next.apply({ type: 'started', atMs: this.#now() })
  }

  async #control(id: string, event: RolloutEvent, isSo: (state: RolloutState) => boolean): Promise<Rollout> {
    const runner = this.#runners.get(id)
    const phase = runner ? undefined : (await this.#load(id)).state.phase
    await runner?.apply(event)
    if (runner && isSo(runner.state)) return this.#view(runner.state)
    throw new RookeryError('CONFLICT', `rollout ${id} is ${phase ?? runner!.state.phase} and cannot be ${event.type}`)
  }

  #view(state: RolloutState): Rollout {
    return rolloutView(state, this.#runners.get(state.id)?.live ?? new Map(), this.#capacity)
  }

  async #load(id: string): Promise<{ state: RolloutState }> {
    return this.#runners.get(id) ?? this.#dependencies.log.load(id)
  }

  /** What follows a stored change: notifications, and at the end the desired release and the next rollout of the app. */
  async #changed(runner: RolloutRunner, before: RolloutState, writer: LogWriter): Promise<void> {
    const { state } = runner
    this.#dependencies.fetchesChanged()
    if (state.phase !== before.phase) {
      forRollout(this.#dependencies.logger, state.id).info(
        { app: state.app, phase: state.phase, reason: state.reason },
        'rollout moved on',
      )
      this.#notify(state)
    }
    if (!isSettled(state) || isSettled(before)) return
    await writer.flush()
    await this.#conclude(state)
    this.#runners.delete(state.id)
    // Not awaited: the next rollout is not part of what happened to this one.
    void this.#startNext(state.app).catch((error) =>
      this.#dependencies.logger.error({ error }, 'the next rollout could not be started'),
    )
  }

  /** What a rollout's end means for the fleet; done again after a restart that came in between. */
  async #conclude(state: RolloutState): Promise<void> {
    const { desired, log } = this.#dependencies
    if (state.phase === 'done') {
      const pools = new Set(Object.values(state.hosts).flatMap((host) => host.pools))
      const named = [...pools].filter((pool) => state.pools.length === 0 || state.pools.includes(pool))
      await desired.set(state.app, named, state.releaseId!, state.id)
    }
    await log.settle(state.id)
  }

  #notify(state: RolloutState): void {
    const moments: Partial<Record<RolloutState['phase'], NotificationMoment>> = {
      ...{ paused: 'paused', done: 'done', halted: 'halted', aborted: 'aborted', distributing: 'started' },
    }
    const moment = moments[state.phase]
    if (!moment || state.releaseId === null) return
    const { releaseStore, clock, logger } = this.#dependencies
    const deliver = async (releaseId: string) => {
      const { policy } = await releaseStore.signed(releaseId)
      await notify(policy.notifications, moment, rolloutSummary(state), { clock, logger: forRollout(logger, state.id) })
    }
    deliver(state.releaseId).catch((error) => logger.error({ error }, 'notification failed'))
  }

  #feed(runner: RolloutRunner, event: RolloutEvent): void {
    runner
      .apply(event)
      .catch((error) => this.#dependencies.logger.error({ error, event: event.type }, 'a rollout event was not stored'))
  }

  #now(): number {
    return this.#dependencies.clock.now()
  }
}
