import type { ControlRequest, Rollout, RolloutRequest, RolloutSummary } from '../../proto/http/api.ts'
import { type FetchProgress, type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Fetching } from '../distribution/agent-orders.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogStore } from '../logs/log-store.ts'
import { LogWriter } from '../logs/log-writer.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { AbsenceEnd } from './absences.ts'
import type { AttemptName } from './agent-dispatch.ts'
import { finalEvent, isActivated } from './agent-report.ts'
import type { CapacityDesk } from './capacity-desk.ts'
import type { RolloutEvent } from './events.ts'
import type { ImmuneWatch } from './immune-watch.ts'
import { requested } from './reducer.ts'
import type { RolloutEndings } from './rollout-endings.ts'
import type { RolloutExecutor } from './rollout-executor.ts'
import type { RolloutLog } from './rollout-log.ts'
import type { RolloutNews } from './rollout-news.ts'
import type { OrderDraft, RolloutOrders } from './rollout-orders.ts'
import type { RolloutQueue } from './rollout-queue.ts'
import { RolloutRunner } from './rollout-runner.ts'
import { rolloutView } from './rollout-view.ts'
import { hasEnded, isSettled, type RolloutState } from './state.ts'

/** Rollouts that have work left, oldest first. */
export type Runners = Map<string, RolloutRunner>

interface Dependencies {
  readonly runners: Runners
  readonly log: RolloutLog
  readonly hub: EventHub
  readonly logs: LogStore
  readonly orders: RolloutOrders
  readonly queue: RolloutQueue
  readonly desk: CapacityDesk
  readonly endings: RolloutEndings
  readonly watch: Pick<ImmuneWatch, 'begin'>
  readonly news: RolloutNews
  readonly executor: RolloutExecutor
  readonly hosts: HostRegistry
  /** Why a release must not go live any more. */
  readonly refusal: (releaseId: string) => string | undefined
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

/** All rollouts: takes requests, routes what agents report, and resumes after a restart. */
export class Rollouts implements Component {
  readonly name = 'rollouts'
  readonly #graceMs: number
  readonly #capacity: number | undefined
  readonly #dependencies: Dependencies
  readonly #runners: Runners

  constructor(options: Options, dependencies: Dependencies) {
    this.#graceMs = options.graceMs
    this.#capacity = options.hostMbitPerSecond && (options.hostMbitPerSecond * 1_000_000) / 8
    this.#dependencies = dependencies
    this.#runners = dependencies.runners
  }

  async start(): Promise<void> {
    const { log, endings, queue } = this.#dependencies
    await endings.load()
    const ended: RolloutState[] = []
    for (const id of await log.unsettled()) {
      const { state, events } = await log.load(id)
      if (isSettled(state)) ended.push(state)
      else this.#runners.set(id, this.#runner(state, events))
    }
    for (const runner of this.#runners.values()) {
      if (runner.state.phase !== 'queued') runner.teller.say('the coordinator was restarted; the rollout goes on')
      runner.resumeWork()
    }
    // They ended, but we were stopped before what follows from that was done.
    for (const state of ended) await endings.conclude(state)
    this.haltRevoked()
    queue.start()
  }

  async stop(): Promise<void> {
    const { executor, queue, desk } = this.#dependencies
    executor.stop()
    queue.stop()
    desk.stop()
    for (const runner of this.#runners.values()) runner.stop()
  }

  /**
   * Takes a rollout into its app's queue and starts it when its turn has come.
   * @throws {RookeryError} NOT_FOUND, REVISION_UNKNOWN, APP_CONFIG_INVALID, CONFLICT when it must not wait but would.
   */
  async request(request: RolloutRequest): Promise<Rollout> {
    const draft = await this.#dependencies.orders.ofRequest(request)
    const inTheWay = this.#dependencies.queue.running(request.app)
    if (request.noQueue && inTheWay) {
      throw new RookeryError(
        'CONFLICT',
        `rollout ${inTheWay.state.id} of ${request.app} is ${inTheWay.state.phase}, and this one was not to wait`,
      )
    }
    return this.create(draft)
  }

  /**
   * Takes a rollout back: stops it if it still runs and moves its pools to the release that was live before. Asked for
   * again while that is under way, it is that.
   */
  async rollBack(id: string, { reason, by }: ControlRequest): Promise<Rollout> {
    const { state } = await this.#load(id)
    const underWay = this.#find(({ rollbackOf }) => rollbackOf === id)
    if (underWay) return this.#view(underWay)
    const differing = Object.entries(state.plan?.previousReleaseIds ?? {})
    if (differing.length === 0)
      throw new RookeryError('CONFLICT', `rollout ${id} has nothing to go back to: no release was live before it`)
    if (state.kind === 'rollback')
      throw new RookeryError('CONFLICT', `rollout ${id} is a rollback itself; deploy what should be live instead`)
    if (new Set(differing.map(([, releaseId]) => releaseId)).size > 1) {
      const pools = differing.map(([pool, previous]) => `${pool}: ${previous}`).join(', ')
      const advice = `deploy each with: rookery deploy ${state.app} --release ID --pool POOL`
      throw new RookeryError(
        'CONFLICT',
        `the pools of rollout ${id} ran different releases before it (${pools}); ${advice}`,
      )
    }
    const [draft] = await this.#dependencies.orders.ofRollback(state, reason ?? null, by ?? null)
    if (!hasEnded(state)) await this.abort(id, reason ?? 'rolled back')
    return this.create(draft!)
  }

  /**
   * Tries hosts that failed once more: in the rollout itself while it waits for an operator, else in a new one for them
   * alone. @throws {RookeryError} NOT_FOUND, CONFLICT when none failed.
   */
  async retry(id: string, { reason, by }: ControlRequest): Promise<Rollout> {
    const { state } = await this.#load(id)
    const underWay = this.#find(({ retryOf }) => retryOf === id)
    if (underWay) return this.#view(underWay)
    const draft = this.#dependencies.orders.ofRetry(state, reason ?? null, by ?? null)
    const runner = this.#runners.get(id)
    if (!runner || hasEnded(state)) return this.create(draft)
    await runner.apply({ type: 'retried', atMs: this.#now(), hosts: draft.hostNames })
    return this.#view(runner.state)
  }

  async pause(id: string, reason: string | undefined): Promise<Rollout> {
    const event = { type: 'paused', reason: reason ?? 'by an operator', atMs: this.#now() } as const
    return this.#control(id, event, (state) => state.phase === 'paused')
  }

  async resume(id: string): Promise<Rollout> {
    const wasPaused = this.#runners.get(id)?.state.phase === 'paused'
    // One that was paused behind its last batch is done as soon as it goes on.
    return this.#control(id, { type: 'resumed', atMs: this.#now() }, ({ phase }) => {
      const isGoingOn = phase === 'building' || phase === 'distributing' || phase === 'activating'
      return isGoingOn || (wasPaused && phase !== 'paused')
    })
  }

  /** Lets the next step begin; that it has begun already is no error. */
  async promote(id: string): Promise<Rollout> {
    const isGoingOn = ({ phase, awaitsPromote }: RolloutState) =>
      !awaitsPromote && (phase === 'activating' || phase === 'done')
    return this.#control(id, { type: 'promoted', atMs: this.#now() }, isGoingOn)
  }

  async abort(id: string, reason: string | undefined): Promise<Rollout> {
    const event = { type: 'aborted', reason: reason ?? 'by an operator', atMs: this.#now() } as const
    return this.#control(id, event, (state) => state.phase === 'aborted')
  }

  /** Leaves the queue. @throws {RookeryError} CONFLICT once it has left it by itself. */
  async leave(id: string, reason: string | undefined): Promise<Rollout> {
    const { phase } = (await this.#load(id)).state
    if (phase !== 'queued') throw new RookeryError('CONFLICT', `rollout ${id} is ${phase} and no longer in the queue`)
    return this.abort(id, reason ?? 'left the queue')
  }

  async get(id: string): Promise<Rollout> {
    const { state } = await this.#load(id)
    return this.#view(state)
  }

  async list(options: { app?: string; limit: number }): Promise<RolloutSummary[]> {
    const summaries = await this.#dependencies.log.list(options)
    return summaries.map((summary) => ({
      ...summary,
      waitsFor: this.#runners.get(summary.id)?.teller.waitsFor ?? null,
    }))
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

  /** Tells an agent that came back what it is still to do. */
  agentCame(host: string): void {
    for (const runner of this.#runners.values()) runner.resumeHost(host)
    this.#dependencies.desk.reconsider()
  }

  /** A host that was away will not come back soon, or ever. */
  async absenceEnded(end: AbsenceEnd): Promise<void> {
    if (end.type === 'hostLeft') await this.#dependencies.hosts.left(end.host)
    for (const runner of [...this.#runners.values()]) this.#feed(runner, { ...end, atMs: this.#now() })
    this.#dependencies.desk.reconsider()
  }

  /** Pauses what is under way. */
  pauseAll(reason: string, app: string | null): void {
    for (const runner of [...this.#runners.values()])
      if (app === null || runner.state.app === app) this.#feed(runner, { type: 'paused', atMs: this.#now(), reason })
  }

  /** Halts what would bring a release that is revoked by now. */
  haltRevoked(): void {
    for (const runner of [...this.#runners.values()]) {
      const { releaseId } = runner.state
      const reason = releaseId === null ? undefined : this.#dependencies.refusal(releaseId)
      if (reason !== undefined) this.#feed(runner, { type: 'releaseRevoked', atMs: this.#now(), reason })
    }
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
    if (report.state === PhaseState.PHASE_STATE_STARTED)
      return runner.teller.phaseStarted(host, phaseName(report.phase))
    if (!report.final) return
    // Its next heartbeat says so too, but the hosts behind it need not wait for that.
    if (isActivated(report) && runner.awaits(host, report.attemptId))
      this.#dependencies.hosts.proved(host, report.app, report.releaseId)
    this.attemptEnded(host, report)
  }

  /** An attempt has ended, maybe long ago; how its host is now is told beside it. */
  attemptEnded(host: string, report: PhaseReport): void {
    const runner = this.#runners.get(report.rolloutId)
    if (!runner) return
    const clockAheadMs = this.#dependencies.hosts.clockAheadMs(host)
    this.#feed(runner, finalEvent(runner.state, host, report, { atMs: this.#now(), clockAheadMs }))
  }

  fetchProgressed(host: string, progress: FetchProgress): void {
    this.#runners.get(progress.rolloutId)?.teller.fetchProgressed(host, progress.bytesDone, progress.bytesTotal)
  }

  /** @param id a new one when none is given. */
  async create(draft: OrderDraft, id = this.#newId()): Promise<Rollout> {
    const event = { ...draft, type: 'requested' as const, id, atMs: this.#now() }
    const state = requested(event)
    await this.#dependencies.log.append(state, 0, [event])
    const runner = this.#runner(state, 1)
    const { app, kind, by, why } = state
    this.#runners.set(id, runner)
    runner.teller.say(['requested', by && `by ${by}`, why && `(${why})`].filter(Boolean).join(' '))
    const behind = kind === 'converge' ? undefined : this.#dependencies.queue.running(app)
    const data = { behind: behind && behind !== runner ? behind.state.id : null, by, why, kind }
    await this.#dependencies.hub.publish({ type: 'rollout.queued', rolloutId: id, app, data })
    if (kind === 'converge') await runner.apply({ type: 'started', atMs: this.#now() })
    else await this.#dependencies.queue.startNext(app)
    this.#dependencies.news.queued(runner.state)
    return this.#view(runner.state)
  }

  #newId(): string {
    const time = new Date(this.#now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
    return `r${time}-${Buffer.from(this.#dependencies.random.bytes(3)).toString('hex')}`
  }

  #runner(state: RolloutState, events: number): RolloutRunner {
    const { log, hub, clock, logs, logger, executor } = this.#dependencies
    const onError = (error: unknown) => logger.error({ error }, 'a log chunk was not stored')
    const about = { rolloutId: state.id, releaseId: '', app: state.app, stream: 'coordinator' }
    const writer = new LogWriter(about, { store: logs, clock, onError })
    return new RolloutRunner(state, events, {
      ...{ log, hub, clock, writer },
      graceMs: this.#graceMs,
      onError: (error) => forRollout(logger, state.id).error({ error }, 'an event of the rollout was not stored'),
      execute: (runner, command) => void executor.execute(runner, command),
      judge: (current, isLast) => executor.judge(current, isLast),
      changed: (runner, before) => this.#changed(runner, before, writer),
    })
  }

  /** What is so already is no error, also when the rollout ended long ago. */
  async #control(id: string, event: RolloutEvent, isSo: (state: RolloutState) => boolean): Promise<Rollout> {
    const runner = this.#runners.get(id)
    await runner?.apply(event)
    const { state } = runner ?? (await this.#load(id))
    if (isSo(state)) return this.#view(state)
    const why = state.reason === null ? '' : ` (${state.reason})`
    throw new RookeryError('CONFLICT', `rollout ${id} is ${state.phase}${why} and cannot be ${event.type}`)
  }

  /** A rollout that has work left. */
  #find(isIt: (state: RolloutState) => boolean): RolloutState | undefined {
    for (const { state } of this.#runners.values()) if (isIt(state)) return state
    return undefined
  }

  #view(state: RolloutState): Rollout {
    const nobody = { live: new Map(), waitsFor: null }
    return rolloutView(state, this.#runners.get(state.id)?.teller ?? nobody, this.#capacity)
  }

  async #load(id: string): Promise<{ state: RolloutState }> {
    return this.#runners.get(id) ?? this.#dependencies.log.load(id)
  }

  /** What follows a stored change: notifications, and at the end the desired release and the next rollout of the app. */
  async #changed(runner: RolloutRunner, before: RolloutState, writer: LogWriter): Promise<void> {
    const { state } = runner
    const { fetchesChanged, logger, news, endings, queue, desk } = this.#dependencies
    fetchesChanged()
    news.changed(state, before)
    if (state.phase !== before.phase) {
      const { app, phase, reason } = state
      forRollout(logger, state.id).info({ app, phase, reason }, 'rollout moved on')
    }
    desk.reconsider()
    if (!isSettled(state) || isSettled(before)) return
    await writer.flush()
    await endings.conclude(state)
    this.#dependencies.watch.begin(state)
    this.#runners.delete(state.id)
    await queue.ended(runner)
    // Not awaited: the next rollout is not part of what happened to this one.
    void queue.startNext(state.app)
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
