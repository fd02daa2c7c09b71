import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { Clock } from '../../runtime/clock.ts'
import { type DirectoryLock, lockDirectory } from '../../runtime/directory-lock.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, type RookeryError } from '../../runtime/errors.ts'
import { isRunning } from '../../runtime/process-identity.ts'
import { ApiClient } from '../api-client/client.ts'
import { adminToken } from './admin-token.ts'
import { runningApps } from './app-processes.ts'
import { endProcess } from './end-process.ts'
import { inviteNewcomers } from './invitations.ts'
import type { FlockPlan, PlannedService } from './plan.ts'
import { checkPorts } from './port-check.ts'
import { ProcessRecord } from './process-record.ts'
import { ServiceProcess } from './service-process.ts'

interface Dependencies {
  readonly clock: Clock
  readonly report: (text: string) => void
}

const staleDeadlineMs = 10_000
/** What the example app and its like need to answer what is in flight. */
const appDeadlineMs = 8_000

/** Coordinator, tracker, seeder and agents on this machine, each a process of its own, all ended with us. */
export class Flock {
  readonly plan: FlockPlan
  /** Resolves when the flock cannot go on. */
  readonly failed: Promise<RookeryError>
  readonly #dependencies: Dependencies
  readonly #record: ProcessRecord
  readonly #coordinator: ServiceProcess
  readonly #central: readonly ServiceProcess[]
  readonly #agents: readonly ServiceProcess[]
  #lock: DirectoryLock | undefined

  constructor(plan: FlockPlan, dependencies: Dependencies) {
    this.plan = plan
    this.#dependencies = dependencies
    this.#record = new ProcessRecord(plan.directory)
    let giveUp: (error: RookeryError) => void = () => {}
    this.failed = new Promise((resolve) => {
      giveUp = resolve
    })
    const create = (service: PlannedService) =>
      new ServiceProcess(service, { ...dependencies, record: this.#record, giveUp })
    this.#coordinator = create(plan.services.coordinator)
    this.#central = plan.services.central.map(create)
    this.#agents = plan.services.agents.map(create)
  }

  /**
   * Starts everything in order; on a failure the caller stops what was started.
   * @throws {RookeryError} DATA_DIR_LOCKED, PORT_IN_USE, UNAVAILABLE.
   */
  async start(signal: AbortSignal): Promise<void> {
    // Logs and what apps keep are in it, beside keys that have modes of their own.
    mkdirSync(this.plan.directory, { recursive: true, mode: 0o700 })
    this.#lock = lockDirectory(this.plan.directory)
    await this.#endStaleProcesses()
    await checkPorts(this.plan.ports)
    await this.#writeConfigs()
    await this.#coordinator.start(signal)
    const newcomers = [...this.plan.services.central, ...this.plan.services.agents]
    await inviteNewcomers(await this.#adminApi(), newcomers, this.#dependencies.clock.now())
    await Promise.all(this.#central.map((service) => service.start(signal)))
    await Promise.all(this.#agents.map((agent) => agent.start(signal)))
  }

  /** Ends everything in reverse, with the apps, which outlive their agents by design. What cannot be ended is reported. */
  async stop(): Promise<void> {
    if (!this.#lock) return
    await Promise.all(this.#agents.map((agent) => this.#attempt(agent.stop())))
    await this.#attempt(this.#endApps())
    await this.#attempt(this.#coordinator.stop())
    await Promise.all(this.#central.map((service) => this.#attempt(service.stop())))
    this.#lock.release()
    this.#lock = undefined
  }

  /** One that fails to end must not keep the others from it. */
  async #attempt(ending: Promise<void>): Promise<void> {
    await ending.catch((error) => this.#dependencies.report(errorMessage(error)))
  }

  /** An `up` that was killed has left its processes running, and their ports taken. */
  async #endStaleProcesses(): Promise<void> {
    const { clock, report } = this.#dependencies
    const stale = this.#record.read().filter(([, identity]) => isRunning(identity))
    if (stale.length > 0) report(`ending what an earlier flock left running: ${stale.map(([name]) => name).join(', ')}`)
    // Agents last started, first ended: they would only report that the others are gone.
    for (const [, identity] of stale.reverse()) await endProcess(identity, { deadlineMs: staleDeadlineMs }, clock)
    await this.#endApps()
  }

  async #endApps(): Promise<void> {
    const options = { deadlineMs: appDeadlineMs, group: true }
    const apps = runningApps(this.plan.directory)
    await Promise.all(apps.map((identity) => endProcess(identity, options, this.#dependencies.clock)))
  }

  /** As the admin whose token the coordinator's first start wrote down. */
  async #adminApi(): Promise<ApiClient> {
    return new ApiClient({ url: this.plan.coordinatorUrl, token: await adminToken(this.plan) })
  }

  async #writeConfigs(): Promise<void> {
    mkdirSync(join(this.plan.directory, 'logs'), { recursive: true })
    const { coordinator, central, agents } = this.plan.services
    for (const { configFile, logFile, config } of [coordinator, ...central, ...agents]) {
      mkdirSync(dirname(logFile), { recursive: true })
      await writeFileDurably(configFile, `# Written by rookery up at every start.\n${stringify(config)}`)
    }
  }
}
