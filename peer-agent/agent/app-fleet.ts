import { errorMessage } from '../../runtime/errors.ts'
import { AppRuntime, type RuntimeDependencies } from '../app/app-runtime.ts'
import { failingBy, finalReport } from '../attempts/attempt.ts'
import type { AttemptLog } from '../attempts/attempt-log.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { AgentEvent } from './events.ts'
import type { TaskRunner } from './task-runner.ts'

interface Dependencies extends RuntimeDependencies {
  readonly store: ReleaseStore
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
      const live = tasks.live(release, { rolloutId: store.app(app).rolloutId, batch: 0 })
      // An activation that was cut off starts the process itself, as the next of its phases.
      const activating = attempts
        .all()
        .filter((attempt) => attempt.app === app && attempt.kind === 'activate')
        .some((attempt) => !finalReport(attempt) && !failingBy(attempt))
      try {
        const adopted = await this.of(app).resume(live, !activating)
        if (!adopted && store.app(app).ready && release.manifest.deploy.run)
          await store.setApp(app, { ...store.app(app), ready: false })
      } catch (error) {
        logger.error({ app, code: 'APP_EXITED' }, `app not started again: ${errorMessage(error)}`)
        await store.setApp(app, { ...store.app(app), ready: false })
      }
      if (!activating) tasks.watch(app)
    }
  }

  async detach(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.detach()))
  }
}
