import { type AgentDraft, Phase } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { WebSeeds } from '../../swarm/index.ts'
import type { AppRuntime, LiveRelease } from '../app/app-runtime.ts'
import { activateRelease } from '../attempts/activation-task.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { fetchRelease, totalsOf } from '../attempts/fetch-task.ts'
import { AgentStopping, PhaseReporter } from '../attempts/phase-reporter.ts'
import type { Counters } from '../counters/counters.ts'
import type { Artifacts } from '../fetch/artifacts.ts'
import type { LogShipper } from '../logs/log-shipper.ts'
import { rookeryVariables } from '../process/environment.ts'
import type { ReleaseStore, StoredRelease } from '../releases/release-store.ts'
import type { AgentEvent } from './events.ts'

type Post = (event: AgentEvent) => Promise<void>

interface Options {
  readonly host: string
  readonly pools: readonly string[]
  /** What hooks and apps get beside the `ROOKERY_…` variables. */
  readonly environment: Readonly<Record<string, string>>
}

interface Dependencies {
  readonly store: ReleaseStore
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
    const running = [...this.#tasks.values()]
    for (const { abort } of running) abort.abort(reason)
    await Promise.all(running.map(({ done }) => done))
  }

  /** The release as it is run: by hooks, the app, and probes. */
  live(release: StoredRelease, attempt: Pick<Attempt, 'rolloutId' | 'batch' | 'previousReleaseId'>): LiveRelease {
    const { host, pools, environment } = this.#options
    const { app, releaseId, revision } = release.manifest
    const { rolloutId, batch, previousReleaseId } = attempt
    const context = { app, releaseId, revision, rolloutId, batch, host, pools, previousReleaseId }
    const variables = rookeryVariables({ ...context, path: release.layout.path })
    return { release, rolloutId, environment: { ...environment, ...variables } }
  }

  /** Never rejects. */
  async #perform(attempt: Attempt, signal: AbortSignal, post: Post): Promise<void> {
    const { attemptId, kind } = attempt
    const reporter = new PhaseReporter(
      (note) => post({ type: 'phaseNoted', attemptId, note }),
      this.#dependencies.clock,
    )
    try {
      signal.throwIfAborted()
      if (kind === 'fetch') await this.#fetch(attempt, signal, reporter, post)
      else await this.#activate(attempt, signal, reporter, post)
    } catch (error) {
      if (signal.reason instanceof AgentStopping) return
      // What breaks because it was cancelled is no failure of its own.
      const cause = signal.aborted ? signal.reason : error
      await reporter.failed(cause, kind === 'fetch' ? Phase.PHASE_FETCH : Phase.PHASE_ACTIVATE)
    }
    await post({ type: 'taskEnded', attemptId })
  }

  async #fetch(attempt: Attempt, signal: AbortSignal, reporter: PhaseReporter, post: Post): Promise<void> {
    const { artifacts, counters, clock, send, webSeedsOf } = this.#dependencies
    const { attemptId, rolloutId, app, releaseId } = attempt
    await fetchRelease(attempt, this.#stored(attempt), signal, {
      ...{ artifacts, counters, clock, reporter, webSeeds: webSeedsOf(releaseId) },
      onProgress: (progress) => {
        const { piecesDone, piecesTotal, bytesDone, bytesTotal, peers } = progress
        const done = { piecesDone, piecesTotal, bytesDone, bytesTotal, peers }
        send({ fetchProgress: { attemptId, rolloutId, releaseId, ...done, totals: totalsOf(progress) } })
      },
      onHeld: () => post({ type: 'held', app, releaseId }),
    })
  }

  async #activate(attempt: Attempt, signal: AbortSignal, reporter: PhaseReporter, post: Post): Promise<void> {
    const { runtimeOf, logs, counters, clock } = this.#dependencies
    const { attemptId, app } = attempt
    const release = this.#stored(attempt)
    const live = this.live(release, attempt)
    const runtime = runtimeOf(app)
    if (await this.#isLiveAndReady(attempt, live, runtime, signal)) {
      await reporter.run(Phase.PHASE_READINESS, () => post({ type: 'proven', attemptId }), { final: true })
      return
    }
    try {
      await activateRelease(attempt, release, signal, {
        ...{ runtime, logs, counters, clock, reporter, environment: live.environment },
        onSwapped: () => post({ type: 'swapped', attemptId }),
        onProven: () => post({ type: 'proven', attemptId }),
        onProbeAnswer: this.#probeTeller(app, attempt.releaseId),
      })
    } finally {
      this.watch(app)
    }
  }

  /** Watches what is live from now on, if it ever proved ready: a failed activation is repaired by the next, not by time. */
  watch(app: string): void {
    const { store, runtimeOf } = this.#dependencies
    const { rolloutId, previousReleaseId, ready, proven } = store.app(app)
    const release = store.live(app)
    if (release && proven) runtimeOf(app).watch(this.live(release, { rolloutId, batch: 0, previousReleaseId }), ready)
  }

  /** Only for an attempt that is new: one that was cut off goes on where it was. */
  async #isLiveAndReady(attempt: Attempt, live: LiveRelease, runtime: AppRuntime, signal: AbortSignal) {
    const { liveReleaseId, ready } = this.#dependencies.store.app(attempt.app)
    if (attempt.reports.some(({ phase }) => phase !== Phase.PHASE_READINESS)) return false
    if (liveReleaseId !== attempt.releaseId || !ready) return false
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
