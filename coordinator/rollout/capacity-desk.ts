import { type Capacity, grantHosts } from '../../planning/capacity.ts'
import type { HostRegistry, KnownHost } from '../session/host-registry.ts'
import { waitingHosts } from './advance.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import type { HostProgress, RolloutState } from './state.ts'

interface Dependencies {
  readonly hosts: HostRegistry
  /** Every rollout that has work left, oldest first. */
  readonly runners: () => Iterable<RolloutRunner>
  /** Whether we may let hosts of the rollout move. */
  readonly drives: (runner: RolloutRunner) => boolean
  /** A host that could move is away: its time to come back begins, if it has not. */
  readonly agentAway: (host: string) => void
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
    // What such a rollout waits for is the queue's to say.
    if (state.phase === 'queued' || !this.#dependencies.drives(runner)) return
    const waiting = waitingHosts(state)
    if (waiting.length === 0) return runner.blocked(new Map())
    // Nobody knows what one that is away serves; it comes back, or is lost after its grace time.
    const [there, away] = this.#whoIsThere(waiting)
    for (const { host } of away) this.#dependencies.agentAway(host)
    const { granted, blocked } = grantHosts(there, {
      limits: state.plan!.limits,
      maxParallel: state.plan!.maxParallel ?? Number.POSITIVE_INFINITY,
      moving: Object.values(state.hosts).filter(({ status }) => status.is === 'activating'),
      ...this.#outOfService(state),
    })
    runner.blocked(new Map([...away.map(({ host }) => [host, 'its agent is away'] as const), ...blocked]))
    if (granted.length === 0) return
    try {
      await runner.apply({ type: 'granted', atMs: this.#dependencies.now(), hosts: granted })
    } catch (error) {
      this.#dependencies.onError(error)
    }
  }

  #whoIsThere(waiting: readonly HostProgress[]): [there: HostProgress[], away: HostProgress[]] {
    const isThere = ({ host }: HostProgress) => this.#dependencies.hosts.find(host)?.connected ?? false
    return [waiting.filter(isThere), waiting.filter((host) => !isThere(host))]
  }

  #outOfService(state: RolloutState): Pick<Capacity, 'outOfService' | 'down'> {
    const moving = new Set<string>()
    for (const { state: other } of this.#dependencies.runners())
      for (const { host, status } of Object.values(other.hosts)) if (status.is === 'activating') moving.add(host)
    const outOfService = new Map<string, Set<string>>()
    const down = new Set<string>()
    for (const host of this.#dependencies.hosts.all()) {
      const { name, pools, connected, drained } = host
      const serves = isReady(host, state.app)
      if (connected && (drained || !serves)) down.add(name)
      if (drained || host.hasLeft || !isOfItsPools(host, state)) continue
      // One that failed in this rollout is not believed before it has moved.
      const isBroken = state.hosts[name]?.broken?.mayBeOut
      if (connected && serves && !isBroken && !moving.has(name)) continue
      for (const pool of pools) outOfService.set(pool, (outOfService.get(pool) ?? new Set()).add(name))
    }
    return { outOfService, down }
  }
}

/** Its app runs and proved ready. */
function isReady({ observed }: KnownHost, app: string): boolean {
  const release = observed.find((one) => one.app === app)
  return release?.liveReleaseId != null && release.ready
}

/** Whether its pools count on it: one that left is missed by nobody, and one that came during the rollout not yet. */
function isOfItsPools({ name, connected, observed }: KnownHost, { app, hosts }: RolloutState): boolean {
  const status = hosts[name]?.status
  if (status !== undefined) return status.is !== 'left' || connected
  return observed.some((one) => one.app === app && one.liveReleaseId !== null)
}
