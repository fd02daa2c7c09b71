import type { Verdict } from '../../proto/http/immune.ts'
import { decodeManifest } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { toRookeryError } from '../../runtime/errors.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import type { Distribution } from '../distribution/distribution.ts'
import type { ImmuneSystem } from '../immune/immune-system.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { Revocations } from '../releases/revocations.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import type { AgentDispatch } from './agent-dispatch.ts'
import type { DesiredReleases } from './desired-releases.ts'
import type { RolloutCommand } from './events.ts'
import { planRollout } from './planning.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import { hasEnded, type RolloutState } from './state.ts'

interface Dependencies {
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly revocations: Revocations
  readonly distribution: Distribution
  readonly dispatch: AgentDispatch
  readonly hosts: HostRegistry
  readonly desired: DesiredReleases
  readonly immune: ImmuneSystem
  /** Resolves when the agents of a coordinator that was just started had their time to come back. */
  readonly agentsBack: (signal: AbortSignal) => Promise<void>
  /** Hosts wait for capacity. */
  readonly reserve: () => void
  /** A command could not be sent: the agent's time to come back begins. */
  readonly agentAway: (host: string) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** Does what a rollout's reducer asks for, and reports what came of it as an event. */
export class RolloutExecutor {
  readonly #dependencies: Dependencies
  #stopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** From now on a command that fails is no failure of its rollout: the next coordinator gives it again. */
  stop(): void {
    this.#stopped = true
  }

  async execute(runner: RolloutRunner, command: RolloutCommand): Promise<void> {
    try {
      if (command.type === 'build') await this.#build(runner)
      else if (command.type === 'plan') await this.#plan(runner)
      else if (command.type === 'reserve') this.#dependencies.reserve()
      else if (!(await this.#dependencies.dispatch.send(runner.state, command)))
        this.#dependencies.agentAway(command.host)
    } catch (error) {
      if (this.#stopped) return
      const logger = forRollout(this.#dependencies.logger, runner.state.id)
      logger.error({ error, command: command.type }, 'a command of the rollout failed')
      const reason = `cannot ${command.type}: ${toRookeryError(error).message}`
      await runner.apply({ type: 'aborted', atMs: this.#now(), reason })
    }
  }

  /**
   * Judges the hosts that run the release by their counters, while they are watched. Null when there is nothing to judge by.
   * @param isLast nobody looks again.
   */
  async judge(state: RolloutState, isLast: boolean): Promise<Verdict | null> {
    const { releaseStore, immune } = this.#dependencies
    const { policy } = await releaseStore.signed(state.releaseId!)
    const moment = hasEnded(state) ? ('watch' as const) : ('bake' as const)
    return immune.judge(state, policy.immune, { moment, isLast, atMs: this.#now(), onFailure: state.plan!.onFailure })
  }

  async #build(runner: RolloutRunner): Promise<void> {
    const { id, app, revision, rebuild } = runner.state
    try {
      const order = { app, revision: revision ?? undefined, rebuild, rolloutId: id }
      const releaseId = await this.#dependencies.releases.buildOrReuse(order, runner.ended.signal)
      await runner.apply({ type: 'releaseBuilt', atMs: this.#now(), releaseId })
    } catch (thrown) {
      if (this.#stopped || hasEnded(runner.state)) return
      const { code, message } = toRookeryError(thrown)
      await runner.apply({ type: 'buildFailed', atMs: this.#now(), failure: { code, message, phase: 'build' } })
    }
  }

  async #plan(runner: RolloutRunner): Promise<void> {
    const { releaseStore, revocations, distribution, hosts, desired } = this.#dependencies
    const { releaseId, app } = runner.state
    try {
      await distribution.publish(releaseId!, (text) => runner.teller.say(text), runner.ended.signal)
      await this.#dependencies.agentsBack(runner.ended.signal)
    } catch (error) {
      if (hasEnded(runner.state)) return
      throw error
    }
    const { manifest: bytes, policy } = await releaseStore.signed(releaseId!)
    const manifest = decodeManifest(bytes)
    // It may have been revoked since it was asked for, or built by a clock that was set back.
    revocations.refuse(manifest)
    const input = { order: runner.state, manifest, policy, hosts: hosts.all() }
    const planned = planRollout({ ...input, desired: (pool) => desired.ofPool(app, pool) })
    await runner.apply({ type: 'planned', atMs: this.#now(), ...planned })
  }

  #now(): number {
    return this.#dependencies.clock.now()
  }
}
