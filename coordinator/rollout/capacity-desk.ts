import { grantHosts } from '../../planning/capacity.ts'
import type { HostRegistry, KnownHost } from '../session/host-registry.ts'
import { waitingHosts } from './advance.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import type { RolloutState } from './state.ts'

interface Dependencies {
  readonly hosts: HostRegistry
  /** Every rollout that has work left, oldest first. */
  readonly runners: () => Iterable<RolloutRunner>
  /** Whether we may let hosts of the rollout move. */
  readonly drives: (runner: RolloutRunner) => boolean
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/**
 * Gives out capacity: which of the hosts that wait may leave service. One desk for all rollouts, so that a pool's limit
 * holds also when two apps roll over the same hosts at once.
 */
export class CapacityDesk {
  readonly #dependencies: Dependencies
  #isDue = false
  #isAtWork = false
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Something changed: a host waits, became ready, came, left. */
  reconsider(): void {
    this.#isDue = true
    if (!this.#isAtWork && !this.#isStopped) void this.#work()
  }

  stop(): void {
    this.#isStopped = true
  }

  async #work(): Promise<void> {
    this.#isAtWork = true
    // Many things change at once; they are looked at together.
    await Promise.resolve()
    while (this.#isDue && !this.#isStopped) {
      this.#isDue = false
      for (const runner of this.#dependencies.runners()) await this.#serve(runner)
    }
    this.#isAtWork = false
  }

  /** The next rollout is looked at when this grant is stored: it takes from the same pools. */
  async #serve(runner: RolloutRunner): Promise<void> {
    const { state } = runner
    const waiting = this.#dependencies.drives(runner) ? waitingHosts(state) : []
    if (waiting.length === 0) return runner.blocked(new Map())
    const { granted, blocked } = grantHosts(waiting, {
      limits: state.plan!.limits,
      maxParallel: state.plan!.maxParallel ?? Number.POSITIVE_INFINITY,
      moving: Object.values(state.hosts).filter(({ status }) => status.is === 'activating'),
      outOfService: this.#outOfService(state),
    })
    runner.blocked(blocked)
    if (granted.length === 0) return
    try {
      await runner.apply({ type: 'granted', atMs: this.#dependencies.now(), hosts: granted })
    } catch (error) {
      this.#dependencies.onError(error)
    }
  }

  #outOfService(state: RolloutState): Map<string, Set<string>> {
    const moving = new Set<string>()
    for (const { state: other } of this.#dependencies.runners())
      for (const { host, status } of Object.values(other.hosts)) if (status.is === 'activating') moving.add(host)
    const byPool = new Map<string, Set<string>>()
    for (const host of this.#dependencies.hosts.all()) {
      if (host.drained || (!moving.has(host.name) && isInService(host, state))) continue
      for (const pool of host.pools) byPool.set(pool, (byPool.get(pool) ?? new Set()).add(host.name))
    }
    return byPool
  }
}

/** Its app runs and proved ready; one that failed in this rollout is not believed before it is tried again. */
function isInService(host: KnownHost, state: RolloutState): boolean {
  if (!host.connected) return false
  const status = state.hosts[host.name]?.status
  if (status?.is === 'failed' && status.duringActivation) return false
  const observed = host.observed.find(({ app }) => app === state.app)
  return observed?.liveReleaseId != null && observed.ready
}
