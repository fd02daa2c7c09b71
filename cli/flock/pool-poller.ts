import { type Clock, sleep } from '../../runtime/clock.ts'
import type { PlannedHost } from './plan.ts'

/** What a client of one pool has seen. */
export interface PoolReport {
  readonly pool: string
  readonly hosts: number
  readonly requests: number
  readonly failedRequests: number
  /** Fewest hosts that answered in one round. */
  readonly leastReadyHosts: number
}

/** Short against a restart, which takes at least the warm-up of the app. */
const roundMs = 50
/** A host that needs longer does not serve. */
const requestTimeoutMs = 1_000

/** A client of every pool: asks each host of it, round after round, while the pool is restarted. */
export class PoolPoller {
  readonly #stopped = new AbortController()
  readonly #running: Promise<PoolReport[]>

  constructor(hosts: readonly PlannedHost[], clock: Clock) {
    const pools = new Map<string, PlannedHost[]>()
    for (const host of hosts) pools.set(host.pool, [...(pools.get(host.pool) ?? []), host])
    this.#running = Promise.all([...pools].map(([pool, members]) => this.#poll(pool, members, clock)))
  }

  /** Resolves once the last requests have been answered. */
  stop(): Promise<PoolReport[]> {
    this.#stopped.abort()
    return this.#running
  }

  async #poll(pool: string, hosts: readonly PlannedHost[], clock: Clock): Promise<PoolReport> {
    let report: PoolReport = {
      pool,
      hosts: hosts.length,
      requests: 0,
      failedRequests: 0,
      leastReadyHosts: hosts.length,
    }
    while (!this.#stopped.signal.aborted) {
      const answers = await Promise.all(hosts.map((host) => askVersion(host)))
      const ready = answers.filter((answer) => answer !== undefined).length
      report = {
        ...report,
        requests: report.requests + hosts.length,
        failedRequests: report.failedRequests + hosts.length - ready,
        leastReadyHosts: Math.min(report.leastReadyHosts, ready),
      }
      await sleep(clock, roundMs, this.#stopped.signal).catch(() => {})
    }
    return report
  }
}

export interface VersionAnswer {
  readonly version: string
  readonly revision: string
}

/** What the example app on a host says it is; undefined when it does not answer or is not ready. */
export async function askVersion(host: PlannedHost): Promise<VersionAnswer | undefined> {
  try {
    const response = await fetch(`${host.appUrl}/version`, { signal: AbortSignal.timeout(requestTimeoutMs) })
    const answer = await response.json()
    return response.ok ? (answer as VersionAnswer) : undefined
  } catch {
    return undefined
  }
}
