import { errorMessage, toRookeryError } from '../../runtime/errors.ts'
import { AppRuntime, type RuntimeDependencies } from '../app/app-runtime.ts'
import { failingBy, finalReport } from '../attempts/attempt.ts'
import type { AttemptLog } from '../attempts/attempt-log.ts'
import type { ReleaseGate } from '../releases/release-gate.ts'
import type { ReleaseStore, StoredRelease } from '../releases/release-store.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { AgentEvent } from './events.ts'
import type { TaskRunner } from './task-runner.ts'

interface Dependencies extends RuntimeDependencies {
  readonly store: ReleaseStore
  readonly gate: ReleaseGate
  readonly revocations: Revocations
  readonly post: (event: AgentEvent) => Promise<void>
}

/** The apps of this host, one runtime each. */
export class AppFleet {
  readonly #dataDirectory: string
  readonly #dependencies: Dependencies
  readonly #runtimes = new Map<string, AppRuntime>()

  constructor({ dataDirectory }: { dataDirectory: string }, dependencies: Dependencies) {
    this.#dataDirectory = dataDirectory
    this.#dependencies = dependencies
  }

  of(app: string): AppRuntime {
    const known = this.#runtimes.get(app)
    if (known) return known
    const { post } = this.#dependencies
    const runtime = new AppRuntime(
      {
        app,
        dataDirectory: this.#dataDirectory,
        onReadiness: (releaseId, ready, detail) =>
          void post({ type: 'readinessChanged', app, releaseId, ready, detail }),
      },
      this.#dependencies,
    )
    this.#runtimes.set(app, runtime)
    return runtime
  }

  /** Adopts the apps an earlier agent started, and starts again what has ended meanwhile. */
  async resume(tasks: TaskRunner, attempts: AttemptLog): Promise<void> {
    const { store, logger } = this.#dependencies
    for (const app of store.apps) {
      const release = store.live(app)
      if (!release) continue
      const mayRun = await this.#mayRun(release)
      // An activation that was cut off starts the process itself, as the next of its phases.
      const activating = attempts
        .all()
        .filter((attempt) => attempt.app === app && attempt.kind === 'activate')
        .some((attempt) => !finalReport(attempt) && !failingBy(attempt))
      try {
        const live = await tasks.live(release, { rolloutId: store.app(app).rolloutId, batch: 0 })
        const adopted = await this.of(app).resume(live, !activating, mayRun)
        if (!adopted && store.app(app).ready && release.manifest.deploy.run)
          await store.setApp(app, { ...store.app(app), ready: false })
      } catch (error) {
        logger.error({ app, code: 'APP_EXITED' }, `app not started again: ${errorMessage(error)}`)
        await store.setApp(app, { ...store.app(app), ready: false })
      }
      if (!activating) await tasks.watch(app)
    }
  }

  /**
   * What was altered on the disk is not started. What was revoked, or is beyond limits that were made since, is: an outage
   * would be worse, and it was allowed when it went live.
   */
  async #mayRun(release: StoredRelease): Promise<boolean> {
    const { gate, revocations, logger } = this.#dependencies
    const { app, releaseId } = release.manifest
    try {
      await gate.requireUnaltered(release)
    } catch (error) {
      const { code, message } = toRookeryError(error)
      logger.error({ app, releaseId, code }, `the live release is not started, should it end: ${message}`)
      return false
    }
    const refusal = revocations.refusal(release.manifest)
    if (refusal !== undefined) logger.warn({ app, releaseId }, `${refusal}; it goes on, until a newer one is deployed`)
    await gate.requireRunnable(release).catch((error) => logger.warn({ app, releaseId }, errorMessage(error)))
    return true
  }

  async detach(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.detach()))
  }
}
