import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { AppStore } from '../apps/app-store.ts'
import type { HostRegistry, KnownHost } from '../session/host-registry.ts'
import type { DesiredReleases } from './desired-releases.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import type { Runners } from './rollouts.ts'
import type { HostProgress, RolloutState } from './state.ts'

interface Options {
  readonly periodMs: number
}

interface Dependencies {
  readonly apps: AppStore
  readonly hosts: HostRegistry
  readonly desired: DesiredReleases
  readonly runners: Runners
  /** Why a release must not go live any more. */
  readonly refusal: (releaseId: string) => string | undefined
  /** How the app's last rollout ended. */
  readonly lastOf: (app: string) => RolloutState | undefined
  /** Starts a rollout of kind `converge`. */
  readonly converge: (app: string, releaseId: string, hosts: readonly string[]) => Promise<unknown>
  readonly clock: Clock
  readonly logger: Logger
}

/** A host that came just now may still be told of a rollout under way, and others of its kind may follow. */
const settleMs = 1_500
/** A host on which the release failed is tried again after this time, doubled with each try. */
const firstPauseMs = 60_000
const longestPauseMs = 3_600_000

/**
 * Brings hosts to what their pools run when no rollout did: those that joined after it, were away, or were drained. They
 * need no turn, and neither a hold nor a freeze stops them: what they get is live on their neighbours already.
 */
export class Convergence implements Component {
  readonly name = 'convergence'
  readonly #options: Options
  readonly #dependencies: Dependencies
  /** By host, app and release: what was tried in vain. */
  readonly #tries = new Map<string, { count: number; againAtMs: number }>()
  #timer: Timer | undefined
  #soon: Timer | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(this.#options.periodMs, () => this.#sweepNow())
    this.look()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#soon?.cancel()
    await this.#sweeping
  }

  /** A rollout has ended: on whom the release failed is left alone for a while, and others may lag behind now. */
  concluded({ app, releaseId, hosts }: RolloutState): void {
    for (const { host, status } of Object.values(hosts))
      if (status.is === 'failed' && status.failure.code !== 'HOST_LOST') this.#count(`${host}/${app}/${releaseId}`)
    this.look()
  }

  /** Some host came, or was undrained. */
  look(): void {
    if (this.#isStopped) return
    this.#soon?.cancel()
    this.#soon = this.#dependencies.clock.after(settleMs, () => this.#sweepNow())
  }

  #sweepNow(): void {
    const { logger } = this.#dependencies
    this.#sweeping = this.#sweeping
      .then(() => this.#sweep())
      .catch((error) => logger.error({ error }, 'hosts that lag behind could not be looked for'))
  }

  async #sweep(): Promise<void> {
    const { apps, converge, logger } = this.#dependencies
    for (const { name: app } of await apps.list()) {
      if (this.#isStopped || this.#isMoving(app)) continue
      // One release at a time: hosts with two answers must not be moved twice at once.
      const [first] = this.#lagging(app)
      if (!first) continue
      const [releaseId, hosts] = first
      const names = hosts.map(({ name }) => name)
      logger.info({ app, releaseId, hosts: names }, 'hosts lag behind their pools and catch up')
      await converge(app, releaseId, names)
    }
  }

  /** One that is about to plan may plan with any host; and those that catch up do so together. */
  #isMoving(app: string): boolean {
    const isInTheWay = ({ state }: RolloutRunner) =>
      state.app === app && (state.kind === 'converge' || (state.phase !== 'queued' && state.plan === null))
    return [...this.#dependencies.runners.values()].some(isInTheWay)
  }

  /** Hosts that some rollout moves, or has moved and not ended. */
  #taken(app: string): Set<string> {
    const states = [...this.#dependencies.runners.values()]
      .map(({ state }) => state)
      .filter((state) => state.app === app)
    const taken = states.flatMap(({ hosts }) => Object.values(hosts).filter((host) => !wasNotReached(host)))
    return new Set(taken.map(({ host }) => host))
  }

  #lagging(app: string): Map<string, KnownHost[]> {
    const { hosts, desired, refusal, lastOf, clock } = this.#dependencies
    const last = lastOf(app)
    const taken = this.#taken(app)
    const byRelease = new Map<string, KnownHost[]>()
    for (const host of hosts.all()) {
      if (!host.connected || host.drained || taken.has(host.name) || !mayConverge(last, host.name)) continue
      const releaseId = desired.ofHost(app, host)
      const live = host.observed.find((observed) => observed.app === app)?.liveReleaseId ?? null
      if (releaseId === null || live === releaseId || refusal(releaseId) !== undefined) continue
      const tries = this.#tries.get(`${host.name}/${app}/${releaseId}`)
      if (tries && tries.againAtMs > clock.monotonicMs()) continue
      byRelease.set(releaseId, [...(byRelease.get(releaseId) ?? []), host])
    }
    return byRelease
  }

  #count(key: string): void {
    const count = (this.#tries.get(key)?.count ?? 0) + 1
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1))
    this.#tries.set(key, { count, againAtMs: this.#dependencies.clock.monotonicMs() + pauseMs })
  }
}

/** Where a rollout stopped, hosts stay as it left them until somebody decides; those that it never reached do not count. */
export function mayConverge(last: RolloutState | undefined, name: string): boolean {
  const host = last?.hosts[name]
  return !last || !host || last.phase === 'done' || wasNotReached(host)
}

function wasNotReached({ status }: HostProgress): boolean {
  if (status.is === 'failed') return status.failure.code === 'HOST_LOST' || !status.duringActivation
  return status.is === 'skipped' || status.is === 'left' || status.is === 'cancelled'
}
