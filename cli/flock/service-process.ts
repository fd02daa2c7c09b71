import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { join } from 'node:path'
import { type Clock, sleep, type Timer } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { identify } from '../../runtime/process-identity.ts'
import { packageRoot } from '../package-root.ts'
import { lastWords } from './log-tail.ts'
import type { PlannedService } from './plan.ts'
import type { ProcessRecord } from './process-record.ts'

interface Dependencies {
  readonly clock: Clock
  readonly record: ProcessRecord
  /** Something people should know of: it died, it was started again. */
  readonly report: (text: string) => void
  /** It died too often; the flock cannot go on. */
  readonly giveUp: (error: RookeryError) => void
}

/** Enough for one that trips over another's restart; one that dies at once, again and again, is broken. */
const mostRestarts = 5
const restartWindowMs = 60_000
const restartDelayMs = 500
const readyPollMs = 50
const readyDeadlineMs = 30_000
/** The services stop their own parts within 10 s. */
const stopDeadlineMs = 12_000
/** A log of an earlier day makes room before the next start. */
const largestLogBytes = 8 * 1024 * 1024

/** One service of the flock as a process of its own, started again when it dies. */
export class ServiceProcess {
  readonly plan: PlannedService
  readonly #dependencies: Dependencies
  #child: ChildProcess | undefined
  #wasReady = false
  #isStopping = false
  #restartTimer: Timer | undefined
  #restartsMs: number[] = []
  #recording: Promise<void> = Promise.resolve()

  constructor(plan: PlannedService, dependencies: Dependencies) {
    this.plan = plan
    this.#dependencies = dependencies
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Resolves once /readyz says so.
   * @throws {RookeryError} UNAVAILABLE with the last line of its log, when it ends or is not ready in time.
   */
  async start(signal: AbortSignal): Promise<void> {
    const { clock } = this.#dependencies
    signal.throwIfAborted()
    await this.#spawn()
    const untilMs = clock.monotonicMs() + readyDeadlineMs
    while (!(await isReady(this.plan.readyUrl))) {
      if (!this.#child) throw this.#failure('ended while it was started')
      if (clock.monotonicMs() > untilMs) throw this.#failure(`was not ready after ${readyDeadlineMs / 1000} s`)
      await sleep(clock, readyPollMs, signal)
    }
    this.#wasReady = true
  }

  /** SIGTERM, and SIGKILL for one that does not go. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#restartTimer?.cancel()
    const child = this.#child
    if (!child) return this.#recording
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const kill = this.#dependencies.clock.after(stopDeadlineMs, () => {
      this.#dependencies.report(`${this.plan.name} does not stop, and is killed`)
      child.kill('SIGKILL')
    })
    await gone
    kill.cancel()
    await this.#recording
  }

  async #spawn(): Promise<void> {
    const { configFile, logFile, command, name } = this.plan
    if (sizeOf(logFile) > largestLogBytes) renameSync(logFile, `${logFile}.old`)
    const log = openSync(logFile, 'a')
    try {
      const launcher = join(packageRoot(), 'bin', 'rookery.js')
      // In a group of its own: Ctrl-C must reach us alone, or all would stop at once instead of in order.
      const child = spawn(process.execPath, [launcher, command, '--config', configFile], {
        stdio: ['ignore', log, log],
        detached: true,
        env: cleanEnvironment(process.env),
      })
      this.#child = child
      child.once('error', () => this.#onExit('could not be started'))
      child.once('exit', (code, signal) =>
        this.#onExit(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      )
    } finally {
      closeSync(log)
    }
    const identity = this.#child?.pid === undefined ? undefined : identify(this.#child.pid)
    await this.#dependencies.record.set(name, identity)
  }

  #onExit(how: string): void {
    if (!this.#child) return
    this.#child = undefined
    this.#recording = this.#dependencies.record.set(this.plan.name, undefined)
    this.#recording.catch((error) => this.#dependencies.report(`the record of processes cannot be written: ${error}`))
    if (this.#isStopping || !this.#wasReady) return
    const { clock, report, giveUp } = this.#dependencies
    const nowMs = clock.monotonicMs()
    this.#restartsMs = [...this.#restartsMs.filter((atMs) => nowMs - atMs < restartWindowMs), nowMs]
    if (this.#restartsMs.length > mostRestarts) return giveUp(this.#failure(`${how}, again and again`))
    report(`${this.plan.name} ${how}; starting it again (its log: ${this.plan.logFile})`)
    this.#restartTimer = clock.after(restartDelayMs, () => void this.#spawn().catch((error) => giveUp(error)))
  }

  #failure(how: string): RookeryError {
    const { name, logFile } = this.plan
    const last = lastWords(logFile)
    return new RookeryError('UNAVAILABLE', `${name} ${how}${last ? `: ${last}` : ''} (its log: ${logFile})`)
  }
}

/** Only whether it answers is asked, of a process of ours on this machine: whose certificate it has does not matter. */
function isReady(url: string): Promise<boolean> {
  const get = url.startsWith('https:') ? httpsGet : httpGet
  return new Promise((resolve) => {
    const call = get(url, { agent: false, timeout: 2_000, rejectUnauthorized: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(false))
  })
}

/** Settings of the caller's environment are for the caller's own services, not for this flock. */
function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForeign = (name: string) => name.startsWith('ROOKERY_') || name === 'NOTIFY_SOCKET'
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isForeign(name)))
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
