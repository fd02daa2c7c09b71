import type { SignedRevocation } from '../../proto/release-revocation.ts'
import {
  type AgentDraft,
  type Command,
  CommandKind,
  type CoordinatorMessage,
  type DesiredRelease,
  type ObservedRelease,
  Phase,
  type PhaseReport,
} from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { KeptLimits } from '../../swarm/index.ts'
import { type Attempt, finalReport } from '../attempts/attempt.ts'
import type { AttemptLog } from '../attempts/attempt-log.ts'
import { AgentStopping, type PhaseNote, refusal } from '../attempts/phase-reporter.ts'
import type { Artifacts } from '../fetch/artifacts.ts'
import { orderedLimits } from '../fetch/ordered-limits.ts'
import type { Seeding } from '../fetch/seeding.ts'
import { type AppState, provenReady, swappedTo } from '../releases/app-state.ts'
import type { ReleaseGate } from '../releases/release-gate.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { Verifier } from '../verify/verifier.ts'
import type { DiskGauge } from './disk-gauge.ts'
import type { AgentEvent } from './events.ts'
import { logReport } from './report-log.ts'
import type { TaskRunner } from './task-runner.ts'

export interface AgentDependencies {
  readonly attempts: AttemptLog
  readonly store: ReleaseStore
  readonly tasks: TaskRunner
  readonly artifacts: Artifacts
  readonly seeding: Seeding
  readonly limits: KeptLimits
  readonly verifier: Verifier
  readonly disk: DiskGauge
  readonly gate: ReleaseGate
  readonly revocations: Revocations
  /** Takes secrets out of what is told of a failure. */
  readonly redact: (text: string) => string
  /** Sends now, or not at all: what is missed is told by the next Hello. */
  readonly send: (draft: AgentDraft) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** The last reports told in a Hello; a coordinator that was away longer asks again by attempt id. */
const attemptsInHello = 64

/**
 * The agent's one serialized mutator. Messages and finished work come in as events; each is applied, stored, and
 * told to the coordinator before the next. The work itself (fetching, hooks, probes) runs beside it, in tasks.
 */
export class Agent {
  readonly #dependencies: AgentDependencies
  #queue: Promise<void> = Promise.resolve()

  constructor(dependencies: AgentDependencies) {
    this.#dependencies = dependencies
  }

  /** Resolves when the event has been applied. Never rejects: a failure is logged. */
  post(event: AgentEvent): Promise<void> {
    this.#queue = this.#queue
      .then(() => this.#apply(event))
      .catch((error) => this.#dependencies.logger.error({ error, event: event.type }, 'an event could not be applied'))
    return this.#queue
  }

  /** A message of the session; others than these are the session's own. */
  receive(message: CoordinatorMessage): void {
    if (message.kind === 'desiredRelease') void this.post({ type: 'desired', message: message.body })
    if (message.kind === 'swarmLimits') void this.post({ type: 'limitsOrdered', limits: orderedLimits(message.body) })
    if (message.kind === 'seedingWanted') void this.post({ type: 'seedingWanted', releaseIds: message.body.releaseIds })
    if (message.kind === 'releaseRevocations') void this.post({ type: 'revoked', told: message.body.revocations })
    if (message.kind === 'command') void this.post({ type: 'commanded', message: message.body })
  }

  /** Goes on with every attempt that was under way when the last agent ended. */
  resume(): void {
    for (const attempt of this.#dependencies.attempts.all()) if (!finalReport(attempt)) this.#run(attempt)
  }

  /** What a heartbeat says now. */
  get heartbeat(): NonNullable<AgentDraft['heartbeat']> {
    const { clock, disk } = this.#dependencies
    return { sentAtMs: clock.now(), observed: this.observed, ...disk.space }
  }

  get observed(): ObservedRelease[] {
    return this.#dependencies.store.observed()
  }

  /** What a Hello tells of attempts: the last report of each. */
  get rememberedReports(): PhaseReport[] {
    return this.#dependencies.attempts
      .all()
      .slice(-attemptsInHello)
      .flatMap((attempt) => attempt.reports.at(-1) ?? [])
  }

  #apply(event: AgentEvent): Promise<void> | void {
    switch (event.type) {
      case 'desired':
        return this.#desired(event.message)
      case 'commanded':
        return this.#commanded(event.message)
      case 'limitsOrdered':
        return this.#dependencies.limits.order(event.limits)
      case 'seedingWanted':
        return this.#dependencies.seeding.want(event.releaseIds)
      case 'revoked':
        return this.#revoked(event.told)
      case 'phaseNoted':
        return this.#noted(event.attemptId, event.note)
      case 'held':
        return this.#held(event.app, event.releaseId)
      case 'swapped':
        return this.#change(event.attemptId, (state, { releaseId, rolloutId }) =>
          swappedTo(state, releaseId, rolloutId),
        )
      case 'drained':
        return this.#change(event.attemptId, (state, { releaseId }) => ({ ...state, drainedBy: releaseId }))
      case 'undrained':
        return this.#change(event.attemptId, (state) => ({ ...state, drainedBy: null }))
      case 'proven':
        return this.#change(event.attemptId, provenReady)
      case 'readinessChanged':
        return this.#readinessChanged(event)
      case 'taskEnded':
        this.#dependencies.tasks.forget(event.attemptId)
        return this.#prune(event.attemptId)
    }
  }

  #commanded(command: Command): Promise<void> | void {
    switch (command.kind) {
      case CommandKind.COMMAND_KIND_ACTIVATE:
        return this.#activate(command)
      case CommandKind.COMMAND_KIND_CANCEL:
        return this.#cancel(command)
      case CommandKind.COMMAND_KIND_VERIFY:
        if (!this.#repeat(command.attemptId)) this.#dependencies.verifier.verify(command)
    }
  }

  async #desired(message: DesiredRelease): Promise<void> {
    if (this.#repeat(message.attemptId)) return
    const attempt = { ...this.#newAttempt(message, 'fetch', 0), isRepair: message.repair }
    try {
      const { gate, store } = this.#dependencies
      const { manifest: manifestBytes, signature, torrent } = message
      const { app, releaseId } = await gate.admit({ manifestBytes, signature, torrent })
      if (app !== message.app || releaseId !== message.releaseId)
        throw new RookeryError('RELEASE_CORRUPT', `the manifest is of ${app} ${releaseId}`)
      const release = await store.put({ manifestBytes, signature, torrent })
      // Others are told to fetch it as well.
      if (release.heldAtMs !== null) await this.#dependencies.seeding.begin(release)
    } catch (error) {
      return this.#refuse(attempt, Phase.PHASE_FETCH, error)
    }
    await this.#dependencies.attempts.put(attempt)
    this.#run(attempt)
  }

  async #activate(command: Command): Promise<void> {
    if (this.#repeat(command.attemptId)) return
    const attempt = this.#newAttempt(command, 'activate', command.batch)
    const release = this.#dependencies.store.find(command.app, command.releaseId)
    if (!release || release.heldAtMs === null) {
      const error = new RookeryError('NOT_FOUND', `${command.releaseId} of ${command.app} is not held on this host`)
      return this.#refuse(attempt, Phase.PHASE_ACTIVATE, error)
    }
    try {
      await this.#dependencies.gate.requireAllowed(release)
    } catch (error) {
      return this.#refuse(attempt, Phase.PHASE_ACTIVATE, error)
    }
    await this.#dependencies.attempts.put(attempt)
    this.#run(attempt)
  }

  /** The attempt's own task reports how it ended. One that is not known is remembered as cancelled, should it still come. */
  async #cancel(command: Command): Promise<void> {
    const attemptId = command.cancelsAttemptId
    const reason = new RookeryError('ATTEMPT_CANCELLED', 'cancelled by the coordinator')
    const { tasks, verifier } = this.#dependencies
    if (tasks.cancel(attemptId, reason) || verifier.cancel(attemptId, reason)) return
    if (this.#repeat(attemptId)) return
    const attempt = this.#newAttempt({ ...command, attemptId }, 'activate', command.batch)
    await this.#refuse(attempt, Phase.PHASE_UNSPECIFIED, reason)
  }

  /** An id that was seen before is answered with what was said last, and nothing is run again. */
  #repeat(attemptId: string): boolean {
    const known = this.#dependencies.attempts.find(attemptId)
    const last = known?.reports.at(-1)
    if (last) this.#dependencies.send({ phaseReport: last })
    return known !== undefined
  }

  #newAttempt(message: DesiredRelease | Command, kind: Attempt['kind'], batch: number): Attempt {
    const { attemptId, rolloutId, app, releaseId } = message
    const receivedAtMs = this.#dependencies.clock.now()
    return { attemptId, rolloutId, app, releaseId, kind, batch, receivedAtMs, reports: [] }
  }

  async #refuse(attempt: Attempt, phase: Phase, thrown: unknown): Promise<void> {
    await this.#dependencies.attempts.put(attempt)
    await this.#noted(attempt.attemptId, refusal(phase, thrown))
  }

  #run(attempt: Attempt): void {
    this.#dependencies.tasks.run(attempt, (event) => this.post(event))
  }

  async #noted(attemptId: string, note: PhaseNote): Promise<void> {
    const { attempts, clock, logger, redact, send } = this.#dependencies
    const attempt = attempts.find(attemptId)
    if (!attempt || finalReport(attempt)) return
    const { rolloutId, app, releaseId } = attempt
    const told = { ...note, errorMessage: redact(note.errorMessage) }
    const report: PhaseReport = { attemptId, rolloutId, app, releaseId, atMs: clock.now(), ...told }
    await attempts.put({ ...attempt, reports: [...attempt.reports, report] })
    logReport(report, logger)
    // The coordinator shall know how the host is before it hears that the attempt is over.
    if (report.final) this.#tellObserved()
    send({ phaseReport: report })
  }

  /** Nothing is stopped: a host without a release would be worse than one with a revoked one. */
  async #revoked(told: readonly SignedRevocation[]): Promise<void> {
    const { revocations, store, logger } = this.#dependencies
    for (const { app, releaseId, reason } of await revocations.take(told)) {
      logger.info({ app, releaseId }, `revoked: ${reason}`)
      const live = store.live(app)
      const refusal = live && revocations.refusal(live.manifest)
      if (refusal !== undefined) logger.warn({ app }, `${refusal}; it goes on, until a newer one is deployed`)
    }
  }

  async #held(app: string, releaseId: string): Promise<void> {
    const { store, clock, seeding } = this.#dependencies
    const release = store.find(app, releaseId)
    if (release) await seeding.begin(await store.markHeld(release, clock.now()))
  }

  /** What an activation does to its app. */
  async #change(attemptId: string, next: (state: AppState, attempt: Attempt) => AppState): Promise<void> {
    const { attempts, store } = this.#dependencies
    const attempt = attempts.find(attemptId)!
    await store.setApp(attempt.app, next(store.app(attempt.app), attempt))
  }

  async #readinessChanged(event: Extract<AgentEvent, { type: 'readinessChanged' }>): Promise<void> {
    const { store, clock, logger, send } = this.#dependencies
    const { app, releaseId, ready, detail } = event
    const state = store.app(app)
    if (state.liveReleaseId !== releaseId || state.ready === ready) return
    await store.setApp(app, { ...state, ready })
    forRollout(logger, state.rolloutId).warn({ app, releaseId, ready }, `app is ${ready ? '' : 'not '}ready: ${detail}`)
    send({ readiness: { app, releaseId, ready, detail, atMs: clock.now() } })
    this.#tellObserved()
  }

  /** Ahead of the next heartbeat. */
  #tellObserved(): void {
    this.#dependencies.send({ heartbeat: this.heartbeat })
  }

  /** Removes what `keep` leaves no place for, and the artifacts nothing names any more. Trees are deleted in the background. */
  async #prune(attemptId: string): Promise<void> {
    const { attempts, store, artifacts, logger } = this.#dependencies
    const { app, releaseId, rolloutId } = attempts.find(attemptId)!
    const handled = store.find(app, releaseId)
    if (!handled) return
    const underWay = attempts.all().filter((attempt) => attempt.app === app && !finalReport(attempt))
    const needed = [releaseId, ...underWay.map((attempt) => attempt.releaseId)]
    const prunable = store.prunable(app, handled.manifest.deploy.keep, needed)
    for (const release of prunable) {
      const { artifact, releaseId: removed } = release.manifest
      await store.remove(release)
      if (!store.all().some((other) => other.manifest.artifact.infoHash === artifact.infoHash))
        await artifacts.remove(artifact)
      forRollout(logger, rolloutId).info({ app, releaseId: removed }, 'old release removed')
    }
    if (prunable.length > 0) this.#tellObserved()
  }

  /** Tasks end without a report; the next agent goes on with their attempts. */
  async stop(): Promise<void> {
    await this.#dependencies.verifier.stop()
    await this.#dependencies.tasks.stop(new AgentStopping())
    await this.#queue
  }
}
