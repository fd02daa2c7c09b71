import type { Registry } from 'prom-client'
import type {
  FleetCheck,
  FleetCheckRequest,
  FleetRepair,
  FleetRepairRequest,
  FleetReport,
  ServiceReport,
} from '../../proto/http/fleet.ts'
import type { CoordinatorDraft, Heartbeat, PhaseReport, VerifyReport } from '../../proto/session.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import { rookeryVersion } from '../../runtime/version.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { RolloutOrders } from '../rollout/rollout-orders.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { Database } from '../store/database.ts'
import type { ReconciliationConfig } from './config.ts'
import { DiskNotes } from './disk-notes.ts'
import { FileChecks, fileCheckOptions } from './file-checks.ts'
import type { Fleet } from './fleet.ts'
import { FleetAlerts } from './fleet-alerts.ts'
import { FleetRepairs } from './fleet-repairs.ts'
import { type FleetSources, viewFleet } from './fleet-view.ts'
import { Reconciler } from './reconciler.ts'
import { Refetches } from './refetches.ts'
import { checkServices, type Services } from './service-checks.ts'

interface Options extends ReconciliationConfig {
  readonly awayGraceMs: number
}

interface Dependencies extends Omit<FleetSources, 'disks' | 'fileChecks'> {
  readonly services: Services
  readonly database: Database
  readonly hub: EventHub
  readonly rollouts: Rollouts
  readonly orders: RolloutOrders
  readonly releaseStore: ReleaseStore
  readonly releaseFiles: ReleaseFiles
  readonly send: (host: string, draft: CoordinatorDraft) => boolean
  readonly converge: () => void
  readonly random: Random
  readonly logger: Logger
}

/** Everything about the fleet as it is against the fleet as it should be: what the API asks, and what agents tell. */
export class Reconciliation {
  /** The sweep, as a component of the service. */
  readonly sweep: Reconciler
  readonly #dependencies: Dependencies
  readonly #disks = new DiskNotes()
  readonly #files: FileChecks
  readonly #refetches: Refetches
  readonly #repairs: FleetRepairs

  constructor(options: Options, dependencies: Dependencies) {
    const { rollouts, orders, releaseStore: store, releaseFiles: files, converge, clock, logger } = dependencies
    this.#dependencies = dependencies
    this.#files = new FileChecks(fileCheckOptions, dependencies)
    const mended = (host: string) => void this.#files.check(this.#hosts([host]))
    this.#refetches = new Refetches({ ...dependencies, store, files, mended })
    this.#repairs = new FleetRepairs({ rollouts, orders, refetches: this.#refetches })
    const alerts = new FleetAlerts(dependencies)
    this.sweep = new Reconciler(options, { view: () => this.#view(), alerts, converge, clock, logger })
  }

  register(registry: Registry): void {
    this.sweep.register(registry)
  }

  async report(isFresh: boolean): Promise<FleetReport> {
    return isFresh ? this.sweep.compare(await this.#view()) : this.sweep.last()
  }

  async services(): Promise<ServiceReport> {
    const { services, clock } = this.#dependencies
    const checks = await checkServices(services)
    return { version: rookeryVersion, atMs: clock.now(), services: checks }
  }

  /** @throws {RookeryError} NOT_FOUND for a host that nobody knows. */
  async check({ hosts, digests = false }: FleetCheckRequest): Promise<FleetCheck> {
    const wanted = this.#wanted(hosts)
    const fileChecks = digests ? await this.#files.check(this.#hosts(hosts)) : []
    const report = this.sweep.compare(await this.#view())
    const found = report.differences.filter(({ host }) => wanted(host))
    return { ...report, hosts: hosts?.length ?? report.hosts, differences: found, fileChecks }
  }

  /** @throws {RookeryError} NOT_FOUND for a host that nobody knows. */
  async repair({ hosts, kinds, by }: FleetRepairRequest): Promise<FleetRepair[]> {
    const wanted = this.#wanted(hosts)
    const fleet = await this.#view()
    const { differences } = this.sweep.compare(fleet)
    const found = differences.filter(({ host, kind }) => wanted(host) && (kinds?.includes(kind) ?? kind !== 'drained'))
    return this.#repairs.begin(found, fleet, by ?? null)
  }

  heartbeat(host: string, body: Heartbeat): void {
    this.#disks.heard(host, body)
  }

  verified(host: string, report: VerifyReport): void {
    this.#files.answered(host, report)
  }

  phaseReported(host: string, report: PhaseReport): void {
    this.#refetches.phaseReported(host, report)
  }

  went(host: string): void {
    this.#files.went(host)
  }

  #view(): Promise<Fleet> {
    return viewFleet({ ...this.#dependencies, disks: this.#disks, fileChecks: () => this.#files.last })
  }

  #hosts(names: readonly string[] | undefined) {
    const { hosts } = this.#dependencies
    return names === undefined ? hosts.all() : names.flatMap((name) => hosts.find(name) ?? [])
  }

  /** A misspelt name would look as if all were well. */
  #wanted(names: readonly string[] | undefined): (host: string) => boolean {
    const { hosts, inventory } = this.#dependencies
    for (const name of names ?? []) if (inventory.has(name) !== true) hosts.get(name)
    return (host) => names?.includes(host) ?? true
  }
}
