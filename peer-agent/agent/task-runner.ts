import { type AgentDraft, Phase } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type RookeryError, toRookeryError } from '../../runtime/errors.ts'
import type { WebSeeds } from '../../swarm/index.ts'
import type { AppRuntime, LiveRelease } from '../app/app-runtime.ts'
import { activateRelease } from '../attempts/activation-task.ts'
import { type Attempt, failingBy, hasSucceeded } from '../attempts/attempt.ts'
import { takeDrainBack } from '../attempts/drain-return.ts'
import { fetchRelease, totalsOf } from '../attempts/fetch-task.ts'
import { type AgentStopping, PhaseReporter } from '../attempts/phase-reporter.ts'
import type { Counters } from '../counters/counters.ts'
import type { Artifacts } from '../fetch/artifacts.ts'
import type { HostLimits } from '../limits/host-limits.ts'
import type { LogShipper } from '../logs/log-shipper.ts'
import { rookeryVariables } from '../process/environment.ts'
import { type SystemUser, systemUser } from '../process/system-user.ts'
import { previousTo } from '../releases/app-state.ts'
import type { ReleaseGate } from '../releases/release-gate.ts'
import type { ReleaseStore, StoredRelease } from '../releases/release-store.ts'
import type { AgentEvent } from './events.ts'

type Post = (event: AgentEvent) => Promise<void>

interface Options {
  readonly host: string
  readonly pools: readonly string[]
  /** What hooks and apps get beside the `ROOKERY_…` variables. */
  readonly environment: (user: SystemUser | undefined) => Readonly<Record<string, string>>
  /** What else those of one app get. */
  readonly appVariables: (app: string) => Promise<Readonly<Record<string, string>>>
}

interface Dependencies {
  readonly store: ReleaseStore
  readonly gate: ReleaseGate
  readonly limits: HostLimits
  readonly artifacts: Artifacts
  readonly runtimeOf: (app: string) => AppRuntime
  readonly logs: LogShipper
  readonly counters: Counters
  readonly send: (draft: AgentDraft) => void
  readonly webSeedsOf: (releaseId: string) => WebSeeds
  readonly clock: Clock
}

interface Task {
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** Runs attempts: of one app one after the other, of different apps side by side. Tells what happens by events. */
export class TaskRunner {
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #tasks = new Map<string, Task>()
  readonly #lastOfApp = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  run(attempt: Attempt, post: Post): void {
    const { attemptId, app } = attempt
    const abort = new AbortController()
    const before = this.#lastOfApp.get(app) ?? Promise.resolve()
    // Cancelled while it waits for its turn, it ends at once.
    const done = Promise.race([before, aborted(abort.signal)]).then(() => this.#perform(attempt, abort.signal, post))
    this.#tasks.set(attemptId, { abort, done })
    this.#lastOfApp.set(
      app,
      Promise.all([before, done]).then(() => {}),
    )
  }

  /** False when no such attempt is running or waiting. */
  cancel(attemptId: string, reason: Error): boolean {
    const task = this.#tasks.get(attemptId)
    task?.abort.abort(reason)
    return task !== undefined
  }

  forget(attemptId: string): void {
    this.#tasks.delete(attemptId)
  }

  async stop(reason: AgentStopping): Promise<void> {
    this.#stopping.abort(reason)
    const running = [...this.#tasks.values()]
    for (const { abort } of running) abort.abort(reason)
    await Promise.all(running.map(({ done }) => done))
  }

  /** The release as it is run: by hooks, the app, and probes. */
  async live(release: StoredRelease, attempt: Pick<Attempt, 'rolloutId' | 'batch'>): Promise<LiveRelease> {
    const user = await systemUser(release.manifest.deploy.user)
    const environment = await this.#environment(release, attempt)
    return { release, rolloutId: attempt.rolloutId, user, environment: environment(user) }
  }

  /** The variables of a release for whoever it runs as. */
  async #environment(release: StoredRelease, { rolloutId, batch }: Pick<Attempt, 'rolloutId' | 'batch'>) {
    const { host, pools, environment, appVariables } = this.#options
    const { app, releaseId, revision } = release.manifest
    const previousReleaseId = previousTo(this.#dependencies.store.app(app), releaseId)
    const context = { app, releaseId, revision, rolloutId, batch, host, pools, previousReleaseId }
    const variables = {
      ...rookeryVariables({ ...context, path: release.layout.path }),
      ...(await appVariables(app)),
    }
    return (user: SystemUser | undefined) => ({ ...environment(user), ...variables })
  }

  /** Never rejects. */
  async #perform(attempt: Attempt, signal: AbortSignal, post: Post): Promise<void> {
    const { attemptId, kind } = attempt
    const reporter = new PhaseReporter(
      (note) => post({ type: 'phaseNoted', attemptId, note }),
      this.#dependencies.clock,
    )
    const failing = failingBy(attempt)
    try {
      signal.throwIfAborted()
      if (failing) throw failing.cause
      if (kind === 'fetch') await this.#fetch(attempt, signal, reporter, post)
      else await this.#activate(attempt, signal, reporter, post)
    } catch (error) {
      if (signal.aborted && signal.reason === this.#stopping.signal.reason) return
      // What breaks because it was cancelled is no failure of its own.
      const cause = toRookeryError(signal.aborted ? signal.reason : error)
      const fallback = kind === 'fetch' ? Phase.PHASE_FETCH : (failing?.phase ?? Phase.PHASE_ACTIVATE)
      const failure = reporter.failure(cause, fallback)
      if (kind === 'activate' && !(await this.#serveAgain(attempt, cause, reporter, post))) return
      await reporter.tell({ ...failure, final: true })
    }
    await post({ type: 'taskEnded', attemptId })
  }

  async #fetch(attempt: Attempt, signal: AbortSignal, reporter: PhaseReporter, post: Post): Promise<void> {
    const { store, gate, artifacts, counters, clock, send, webSeedsOf } = this.#dependencies
    const { attemptId, rolloutId, app, releaseId } = attempt
    const release = this.#stored(attempt)
    await gate.requireAllowed(release)
    await fetchRelease(attempt, release, signal, {
      ...{ artifacts, counters, clock, reporter, webSeeds: webSeedsOf(releaseId) },
      onProgress: (progress) => {
        const { piecesDone, piecesTotal, bytesDone, bytesTotal, peers } = progress
        const done = { piecesDone, piecesTotal, bytesDone, bytesTotal, peers }
        send({ fetchProgress: { attemptId, rolloutId, releaseId, ...done, totals: totalsOf(progress) } })
      },
      beforeUnpack: async () => {
        await gate.requireAllowed(release)
        return systemUser(release.manifest.deploy.user)
      },
      onUnpacked: (entries) => store.recordTree(release, entries),
      treeList: () => store.treeList(release),
      onHeld: () => post({ type: 'held', app, releaseId }),
    })
  }

  async #activate(attempt: Attempt, signal: AbortSignal, reporter: PhaseReporter, post: Post): Promise<void> {
    const { gate, limits, runtimeOf, logs, counters, clock } = this.#dependencies
    const { attemptId, app } = attempt
    const release = this.#stored(attempt)
    // Once it is live, that it was revoked must not leave the host with nothing.
    if (hasSucceeded(attempt, Phase.PHASE_ACTIVATE)) await gate.requireRunnable(release)
    else await gate.requireAllowed(release)
    const undrainer = this.#undrainer(release)
    if (undrainer && undrainer !== release) await gate.requireRunnable(undrainer)
    const live = await this.live(release, attempt)
    const runtime = runtimeOf(app)
    if (await this.#isLiveAndReady(attempt, live, runtime, signal)) {
      await reporter.run(Phase.PHASE_READINESS, () => post({ type: 'proven', attemptId }), { final: true })
      return
    }
    try {
      await activateRelease(attempt, release, signal, {
        ...{ live, runtime, logs, limits, counters, clock, reporter, undrainer },
        environment: await this.#environment(release, attempt),
        beforeSwap: () => gate.requireAllowed(release),
        onDrained: () => post({ type: 'drained', attemptId }),
        onSwapped: () => post({ type: 'swapped', attemptId }),
        onProven: () => post({ type: 'proven', attemptId }),
        onProbeAnswer: this.#probeTeller(app, attempt.releaseId),
      })
    } finally {
      await this.watch(app)
    }
  }

  /** After a failure: what was live before the drain goes on serving. False when the agent stops meanwhile. */
  async #serveAgain(attempt: Attempt, cause: RookeryError, reporter: PhaseReporter, post: Post): Promise<boolean> {
    const { store, gate, limits, runtimeOf, logs, clock } = this.#dependencies
    const { attemptId, app } = attempt
    const { drainedBy, proven } = store.app(app)
    const release = store.find(app, attempt.releaseId)
    const owner = release && this.#undrainer(release)
    // A swap makes it unproven, until the new release has proved itself.
    if (drainedBy === null || !proven || !owner) return true
    const environment = await this.#environment(release, attempt)
    return takeDrainBack(attempt, owner, cause, this.#stopping.signal, {
      ...{ runtime: runtimeOf(app), logs, limits, clock, reporter, environment },
      requireRunnable: () => gate.requireRunnable(owner),
      onUndrained: () => post({ type: 'undrained', attemptId }),
    })
  }

  /** The release whose `undrain` brings the host back: this one, or the one that drained it and did not get so far. */
  #undrainer(release: StoredRelease): StoredRelease | undefined {
    const { store } = this.#dependencies
    const { app } = release.manifest
    const { drainedBy } = store.app(app)
    const drainer = drainedBy === null ? undefined : store.find(app, drainedBy)
    return [release, drainer].find((candidate) => candidate?.manifest.deploy.hooks.undrain)
  }

  /** Watches what is live from now on, if it ever proved ready: a failed activation is repaired by the next, not by time. */
  async watch(app: string): Promise<void> {
    const { store, runtimeOf } = this.#dependencies
    const { rolloutId, ready, proven } = store.app(app)
    const release = store.live(app)
    if (!release || !proven || release.distrust) return
    // A user that is gone since is no reason to fail here: whatever is to run as him will.
    const live = await this.live(release, { rolloutId, batch: 0 }).catch(() => undefined)
    if (live) runtimeOf(app).watch(live, ready)
  }

  /** Only for an attempt that is new: one that was cut off goes on where it was. */
  async #isLiveAndReady(attempt: Attempt, live: LiveRelease, runtime: AppRuntime, signal: AbortSignal) {
    const { liveReleaseId, ready, drainedBy } = this.#dependencies.store.app(attempt.app)
    if (attempt.reports.some(({ phase }) => phase !== Phase.PHASE_READINESS)) return false
    if (liveReleaseId !== attempt.releaseId || !ready || drainedBy !== null) return false
    return (await runtime.probeOnce(live, signal)).ok
  }

  /** While readiness is awaited, each new answer is told, not each answer. */
  #probeTeller(app: string, releaseId: string): (detail: string) => void {
    let told = ''
    return (detail) => {
      if (detail === told) return
      told = detail
      this.#dependencies.send({
        readiness: { app, releaseId, ready: false, detail, atMs: this.#dependencies.clock.now() },
      })
    }
  }

  #stored({ app, releaseId }: Attempt): StoredRelease {
    const release = this.#dependencies.store.find(app, releaseId)
    if (!release) throw new Error(`release ${releaseId} of ${app} is not stored`)
    return release
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
