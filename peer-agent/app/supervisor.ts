import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from '../../proto/release-manifest.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { identify, isRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'
import { jittered, type Random } from '../../runtime/random.ts'
import { launchAs } from '../process/launch.ts'
import { endGroup, signalGroup } from '../process/process-group.ts'
import type { SystemUser } from '../process/system-user.ts'
import { eraseRecord, findRunning, instanceVariable, type ProcessRecord, writeRecord } from './process-record.ts'

/** What to run of a release. */
export interface RunSpec {
  readonly releaseId: string
  readonly rolloutId: string
  readonly run: Run
  /** `<path>/current`. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly user?: SystemUser
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface SupervisorOptions {
  /** `<data>/apps/<app>`: process.json, stdout.log, stderr.log. */
  readonly directory: string
  readonly onExit: (how: string) => void
  /** After a crash, before the process is started again: the caller's chance to count it. */
  readonly onCrashRestart: () => void
}

/** An adopted process is not our child: its end is found by looking. */
const adoptedPollMs = 500
const backoff = { firstMs: 1_000, mostMs: 60_000, share: 0.2 } as const
/** A process that ran so long before it crashed is restarted at once, as if it never had. */
const stableMs = 60_000

/**
 * Keeps one app's process running. It is started in a session of its own, its output goes to files, so it outlives the agent;
 * the next agent adopts it. A process that ends by itself is started again, later and later.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #dependencies: Dependencies
  #spec: RunSpec | undefined
  #running: (ProcessRecord & { process: ProcessIdentity }) | undefined
  #startedAtMs = 0
  #crashes = 0
  #poll: Timer | undefined
  #retry: Timer | undefined
  /** Starts and stops come one after the other. */
  #work: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(options: SupervisorOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  get processId(): number | undefined {
    return this.#running?.process.pid
  }

  /** Whether the process now running was started for this very activation. */
  runsFor(attemptId: string): boolean {
    return this.#running?.attemptId === attemptId && isRunning(this.#running.process)
  }

  /** Takes over the process an earlier agent started; false when none is left. `spec` is what a restart would run. */
  adopt(spec: RunSpec | undefined): Promise<boolean> {
    return this.#serially(async () => {
      this.#spec = spec
      const found = await findRunning(this.#recordPath)
      if (!found) return false
      this.#running = found
      this.#startedAtMs = this.#dependencies.clock.monotonicMs()
      this.#dependencies.logger.info({ pid: found.process.pid, releaseId: found.releaseId }, 'app adopted')
      this.#watchAdopted(found.process)
      return true
    })
  }

  /**
   * Ends what runs and starts `spec`. Resolves once the new process is there, which says nothing about its readiness.
   * @param onEnded called in between, when the old process can write no more.
   * @throws {RookeryError} APP_EXITED when it cannot be started.
   */
  restart(spec: RunSpec, attemptId: string, onEnded: () => void = () => {}): Promise<void> {
    return this.#serially(async () => {
      await this.#end()
      onEnded()
      this.#spec = spec
      this.#crashes = 0
      await this.#start(attemptId)
    })
  }

  /** Ends the process for good. */
  stop(): Promise<void> {
    return this.#serially(async () => {
      this.#spec = undefined
      await this.#end()
    })
  }

  /** What a restart after a crash is to run from now on, the process staying as it is. */
  follow(spec: RunSpec): void {
    this.#spec = spec
  }

  /** The agent stops: the process goes on without it. */
  async detach(): Promise<void> {
    this.#closed = true
    this.#poll?.cancel()
    this.#retry?.cancel()
    await this.#work.catch(() => {})
  }

  get #recordPath(): string {
    return join(this.#options.directory, 'process.json')
  }

  #serially<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#work.then(task, task)
    this.#work = result.catch(() => {})
    return result
  }

  async #end(): Promise<void> {
    this.#retry?.cancel()
    const running = this.#running
    if (!running) return
    this.#running = undefined
    this.#poll?.cancel()
    const { stopSignal: signal, stopDeadlineMs: deadlineMs } = running
    const { killed } = await endGroup(running.process.pid, { signal, deadlineMs }, this.#dependencies.clock)
    if (killed) this.#dependencies.logger.warn({ deadlineMs }, `app did not end on ${signal} and was killed`)
    await eraseRecord(this.#recordPath)
  }

  async #start(attemptId: string): Promise<void> {
    const { releaseId, rolloutId, run } = this.#spec!
    const { stopSignal, stopDeadlineMs } = run
    const record = { instance: randomUUID(), releaseId, rolloutId, attemptId, stopSignal, stopDeadlineMs }
    await writeRecord(this.#recordPath, { ...record, process: null })
    const identity = await this.#spawn(this.#spec!, record.instance)
    this.#running = { ...record, process: identity }
    this.#startedAtMs = this.#dependencies.clock.monotonicMs()
    await writeRecord(this.#recordPath, this.#running)
    this.#dependencies.logger.info({ pid: identity.pid, releaseId, rolloutId }, 'app started')
  }

  #spawn({ run, directory, environment, user }: RunSpec, instance: string): Promise<ProcessIdentity> {
    mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 })
    const files = ['stdout.log', 'stderr.log'].map((name) => openSync(join(this.#options.directory, name), 'a', 0o600))
    const launch = launchAs(user, run.command, { ...environment, ...run.environment, [instanceVariable]: instance })
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        this.#retryLater()
        reject(new RookeryError('APP_EXITED', `the app could not be started: ${errorMessage(error)}`, { cause: error }))
      }
      try {
        const child = spawn(launch.file, launch.args, {
          cwd: directory,
          env: launch.environment,
          detached: true,
          stdio: ['ignore', ...(files as [number, number])],
        })
        child.unref()
        child.once('error', fail)
        child.once('spawn', () => resolve(this.#watchChild(child)))
      } catch (error) {
        fail(error)
      } finally {
        for (const open of files) closeSync(open)
      }
    })
  }

  #watchChild(child: ChildProcess): ProcessIdentity {
    // One that ended within the blink has no identity any more; its exit event follows.
    const identity = identify(child.pid!) ?? { pid: child.pid!, startedAt: 'ended' }
    child.once('exit', (code, signal) => this.#exited(identity, signal ? `by ${signal}` : `with code ${code}`))
    return identity
  }

  #watchAdopted(identity: ProcessIdentity): void {
    this.#poll = this.#dependencies.clock.every(adoptedPollMs, () => {
      if (!isRunning(identity)) this.#exited(identity, 'while nobody could see how')
    })
  }

  /** In turn with starts and stops: an exit during a start is one of the process that was just started. */
  #exited(identity: ProcessIdentity, how: string): void {
    void this.#serially(async () => {
      if (this.#running?.process.pid !== identity.pid || this.#closed) return
      this.#running = undefined
      this.#poll?.cancel()
      this.#dependencies.logger.warn({ pid: identity.pid }, `app ended ${how}`)
      // What it left behind in its group may hold its port.
      signalGroup(identity.pid, 'SIGKILL')
      this.#options.onExit(how)
      this.#retryLater()
    })
  }

  #retryLater(): void {
    const { clock, random } = this.#dependencies
    if (this.#closed) return
    if (this.#startedAtMs > 0 && clock.monotonicMs() - this.#startedAtMs > stableMs) this.#crashes = 0
    const delayMs = Math.min(backoff.mostMs, backoff.firstMs * 2 ** this.#crashes)
    this.#crashes++
    this.#retry?.cancel()
    this.#retry = clock.after(jittered(delayMs, backoff.share, random), () => {
      void this.#serially(() => this.#startAgain()).catch((error) =>
        this.#dependencies.logger.error({ error }, 'app restart failed'),
      )
    })
  }

  async #startAgain(): Promise<void> {
    if (this.#closed || this.#running || !this.#spec) return
    this.#options.onCrashRestart()
    await this.#start('')
  }
}
