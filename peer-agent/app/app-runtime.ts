import { join } from 'node:path'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Redactor } from '../../runtime/redactor.ts'
import type { Counters } from '../counters/counters.ts'
import type { Scraper } from '../counters/scraper.ts'
import type { LogQuota } from '../logs/log-quota.ts'
import type { SystemUser } from '../process/system-user.ts'
import type { ProbeResult } from '../readiness/probe.ts'
import { awaitReadiness, probeRound, type RoundContext } from '../readiness/readiness.ts'
import { watchReadiness } from '../readiness/watch.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import type { Spool } from '../spool/spool.ts'
import { errorLines } from './log-errors.ts'
import { LogTail } from './log-tail.ts'
import { type RunSpec, Supervisor } from './supervisor.ts'

interface Options {
  readonly app: string
  readonly dataDirectory: string
  /** The app's readiness changed outside an activation. */
  readonly onReadiness: (releaseId: string, ready: boolean, detail: string) => void
}

export interface RuntimeDependencies {
  readonly spool: Spool
  readonly counters: Counters
  readonly scraper: Scraper
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly redactor: Redactor
  readonly quota: LogQuota
}

/** A release as it is run and probed. */
export interface LiveRelease {
  readonly release: StoredRelease
  readonly rolloutId: string
  /** The host's variables and the `ROOKERY_…` ones. */
  readonly environment: Readonly<Record<string, string>>
  /** Whom it runs as; as the agent does without one. */
  readonly user?: SystemUser
}

const tailPeriodMs = 250
const maxLogFileBytes = 8 * 1024 * 1024

/** One app on this host: its process, its output, and whether it is ready. */
export class AppRuntime {
  readonly #options: Options
  readonly #dependencies: RuntimeDependencies
  readonly #supervisor: Supervisor
  readonly #tails: { stream: string; tail: LogTail }[]
  #live: LiveRelease | undefined
  #tailing: Timer | undefined
  #watch: AbortController | undefined
  #watched: LiveRelease | undefined
  #exitListeners = new Set<(how: string) => void>()

  constructor(options: Options, dependencies: RuntimeDependencies) {
    const { app, dataDirectory } = options
    const { spool, counters, clock, quota } = dependencies
    const directory = join(dataDirectory, 'apps', app)
    this.#options = options
    this.#dependencies = dependencies
    this.#supervisor = new Supervisor(
      {
        directory,
        onExit: (how) => this.#exited(how),
        onCrashRestart: () => counters.observe('rookery.app.restarts', 1, this.#subject()),
      },
      { ...dependencies, logger: dependencies.logger.child({ app }) },
    )
    this.#tails = ['stdout', 'stderr'].map((name) => ({
      stream: `app.${name}`,
      tail: new LogTail(
        {
          ...{ path: join(directory, `${name}.log`), markKey: `${app}/${name}`, maxFileBytes: maxLogFileBytes },
          onShipped: (data) => this.#countErrors(errorLines(data, name === 'stderr')),
        },
        { spool, clock, quota },
      ),
    }))
    counters.onClose(() => this.#countNothing())
  }

  get processId(): number | undefined {
    return this.#supervisor.processId
  }

  /** Undefined when the release leaves its process to somebody else. */
  runs(release: StoredRelease): boolean | undefined {
    return release.manifest.deploy.run ? this.#supervisor.isRunning : undefined
  }

  /**
   * Takes over what an earlier agent started; what has ended meanwhile is started again if `startIfGone`. False when it had
   * ended. @param mayRun otherwise nothing of the release is ever started, also when what runs ends later.
   */
  async resume(live: LiveRelease, startIfGone: boolean, mayRun = true): Promise<boolean> {
    this.#follow(live)
    const spec = mayRun ? runSpec(live) : undefined
    if (await this.#supervisor.adopt(spec)) return true
    if (!spec || !startIfGone) return false
    this.#dependencies.counters.observe('rookery.app.restarts', 1, this.#subject())
    await this.#supervisor.restart(spec, '')
    return false
  }

  /** Ends what runs and starts the release's own process; does nothing when this activation has started it already. */
  async restart(live: LiveRelease, attemptId: string): Promise<void> {
    this.unwatch()
    const startedMs = this.#dependencies.clock.monotonicMs()
    const spec = runSpec(live)
    if (this.#supervisor.runsFor(attemptId)) this.#become(live)
    else if (spec) await this.#supervisor.restart(spec, attemptId, () => this.#become(live))
    else {
      await this.#supervisor.stop()
      this.#become(live)
    }
    const tookMs = this.#dependencies.clock.monotonicMs() - startedMs
    this.#dependencies.counters.observe('app_restart_ms', tookMs, this.#subject())
  }

  /**
   * A restart by the release's own hook. A supervised process stays: the hook may reload it. If there is none, it is started.
   */
  async restartByHook(live: LiveRelease, attemptId: string, hook: () => Promise<void>): Promise<void> {
    this.unwatch()
    const spec = runSpec(live)
    if (!spec) await this.#supervisor.stop()
    await hook()
    this.#become(live)
    if (!spec) return
    if (this.#supervisor.isRunning) this.#supervisor.follow(spec)
    else await this.#supervisor.restart(spec, attemptId)
  }

  /**
   * Waits until the release proves ready.
   * @throws {RookeryError} NOT_READY; APP_EXITED as soon as the process ends; the signal's reason.
   */
  async awaitReady(live: LiveRelease, signal: AbortSignal, onAnswer: (answer: ProbeResult) => void): Promise<void> {
    const exit = new AbortController()
    const onExit = (how: string) =>
      exit.abort(new RookeryError('APP_EXITED', `the app ended ${how} before it was ready`))
    this.#exitListeners.add(onExit)
    const { counters, clock } = this.#dependencies
    try {
      const context = this.#roundContext(live, AbortSignal.any([signal, exit.signal]))
      if (context.appRuns() === false) throw new RookeryError('APP_EXITED', 'the app ended before it was ready')
      await awaitReadiness(
        live.release.manifest.deploy.readiness,
        context,
        (answer) => {
          if (!answer.ok) counters.observe('probe_failures', 1, this.#subject())
          onAnswer(answer)
        },
        clock,
      )
    } finally {
      this.#exitListeners.delete(onExit)
    }
  }

  /** One round of probes now. */
  probeOnce(live: LiveRelease, signal: AbortSignal): Promise<ProbeResult> {
    const { readiness } = live.release.manifest.deploy
    return probeRound(readiness, this.#roundContext(live, signal), this.#dependencies.clock)
  }

  /** Tells from now on when the live release stops or starts being ready. */
  watch(live: LiveRelease, ready: boolean): void {
    this.unwatch()
    const { readiness, run } = live.release.manifest.deploy
    if (!run && readiness.probes.length === 0) return
    this.#watch = new AbortController()
    this.#watched = live
    const context = this.#roundContext(live, this.#watch.signal)
    const onChange = (nowReady: boolean, answer: ProbeResult) =>
      this.#options.onReadiness(live.release.manifest.releaseId, nowReady, answer.detail)
    void watchReadiness(readiness, context, ready, onChange, this.#dependencies.clock)
  }

  unwatch(): void {
    this.#watch?.abort()
    this.#watch = undefined
    this.#watched = undefined
  }

  /** The agent stops: the process goes on, its output is read up to here. */
  async detach(): Promise<void> {
    this.unwatch()
    await this.#supervisor.detach()
    this.#dependencies.scraper.stop(this.#options.app)
    this.#tailing?.cancel()
    this.#tail(true)
  }

  #roundContext({ release, environment, user }: LiveRelease, signal: AbortSignal): RoundContext {
    const redactor = this.#redactorOf({ release })
    const redact = (text: string) => redactor.text(text)
    return { directory: release.layout.current, environment, user, redact, signal, appRuns: () => this.runs(release) }
  }

  /** What the old process said last is filed under its own release. */
  #become(live: LiveRelease): void {
    this.#tail(true)
    this.#follow(live)
  }

  #follow(live: LiveRelease): void {
    const { scraper, clock } = this.#dependencies
    this.#live = live
    this.#tailing ??= clock.every(tailPeriodMs, () => this.#tail())
    scraper.follow(this.#options.app, live.release.manifest.deploy.scrape, live.environment)
  }

  #exited(how: string): void {
    this.#tail(true)
    for (const listener of this.#exitListeners) listener(how)
    const watched = this.#watched
    if (!watched) return
    this.#options.onReadiness(watched.release.manifest.releaseId, false, `the app ended ${how}`)
    // It has to prove ready anew.
    this.watch(watched, false)
  }

  #tail(all = false): void {
    const live = this.#live
    if (!live) return
    const { app, releaseId } = live.release.manifest
    const redactor = this.#redactorOf(live)
    for (const { stream, tail } of this.#tails) {
      try {
        tail.poll({ stream, rolloutId: live.rolloutId, app, releaseId }, all, redactor)
      } catch (error) {
        this.#dependencies.logger.warn({ app, stream, error }, 'the output of the app cannot be read')
      }
    }
  }

  #countErrors(lines: number): void {
    if (lines > 0) this.#dependencies.counters.observe('rookery.app.log_errors', lines, this.#subject())
  }

  /** That there was nothing to count is told too: it is not the same as nobody having looked. */
  #countNothing(): void {
    if (!this.#live) return
    for (const name of ['rookery.app.log_errors', 'rookery.app.restarts'] as const)
      this.#dependencies.counters.observe(name, 0, this.#subject())
  }

  /** The app’s own secrets stand in its manifest. */
  #redactorOf({ release }: Pick<LiveRelease, 'release'>): Redactor {
    return this.#dependencies.redactor.with(release.manifest.deploy.run?.environment ?? {})
  }

  #subject() {
    return { app: this.#options.app, releaseId: this.#live?.release.manifest.releaseId ?? '' }
  }
}

/** Undefined when the release has no process of its own. */
function runSpec({ release, rolloutId, environment, user }: LiveRelease): RunSpec | undefined {
  const { run } = release.manifest.deploy
  if (!run) return undefined
  return { releaseId: release.manifest.releaseId, rolloutId, run, directory: release.layout.current, environment, user }
}
