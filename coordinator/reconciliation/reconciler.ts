import { Gauge, type Registry } from 'prom-client'
import { differenceKinds, type FleetDifference, type FleetReport } from '../../proto/http/fleet.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { ReconciliationConfig } from './config.ts'
import { differences, judgeOf } from './differences.ts'
import type { Fleet } from './fleet.ts'
import type { FleetAlerts } from './fleet-alerts.ts'

interface Options extends ReconciliationConfig {
  /** An agent that is away for a shorter time is no alert. */
  readonly awayGraceMs: number
}

interface Dependencies {
  readonly view: () => Promise<Fleet>
  readonly alerts: FleetAlerts
  /** Has hosts that lag behind looked for now. */
  readonly converge: () => void
  readonly clock: Clock
  readonly logger: Logger
}

/** Compares the whole fleet with what it should be, again and again, and tells what changed. */
export class Reconciler implements Component {
  readonly name = 'reconciliation'
  readonly #options: Options
  readonly #dependencies: Dependencies
  #last: FleetReport | undefined
  #timer: Timer | undefined
  #sweeping: Promise<void> = Promise.resolve()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** The first sweep comes after a period: until then, the agents have time to come back. */
  async start(): Promise<void> {
    const { clock, logger } = this.#dependencies
    this.#timer = clock.every(this.#options.periodMs, () => {
      this.#sweeping = this.#sweeping
        .then(() => this.sweep())
        .catch((error) => logger.error({ error }, 'the fleet could not be compared with what it should be'))
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#sweeping
  }

  /** What the last sweep found; a first look when there was none yet. */
  async last(): Promise<FleetReport> {
    return this.#last ?? this.compare(await this.#dependencies.view())
  }

  /** Nobody is told, and nothing is repaired. */
  compare(fleet: Fleet): FleetReport {
    return reportOf(fleet, differences(fleet, { ...this.#options, awayGraceMs: 0 }))
  }

  /** Tells what appeared and what is gone, and has repaired what is safe to. */
  async sweep(): Promise<void> {
    const { view, alerts, converge } = this.#dependencies
    const fleet = await view()
    const found = differences(fleet, this.#options)
    this.#last = reportOf(fleet, found)
    if (this.#options.repair === 'safe' && found.some(({ repair }) => repair === 'converge')) converge()
    await alerts.update(found, judgeOf(fleet))
  }

  /** `rookery_fleet_differences`, by kind, as of the last sweep. */
  register(registry: Registry): void {
    const found = (): readonly FleetDifference[] => this.#last?.differences ?? []
    new Gauge({
      name: 'rookery_fleet_differences',
      help: 'Where hosts differ from what they should be, by kind, at the last sweep',
      labelNames: ['kind'],
      registers: [registry],
      collect() {
        for (const kind of differenceKinds) this.set({ kind }, found().filter((one) => one.kind === kind).length)
      },
    })
  }
}

function reportOf(fleet: Fleet, found: FleetDifference[]): FleetReport {
  return { atMs: fleet.atMs, hosts: fleet.hosts.length + fleet.missing.length, differences: found }
}
