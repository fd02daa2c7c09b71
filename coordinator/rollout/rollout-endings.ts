import { RookeryError } from '../../runtime/errors.ts'
import type { DesiredReleases } from './desired-releases.ts'
import type { RolloutLog } from './rollout-log.ts'
import type { OrderDraft, RolloutOrders } from './rollout-orders.ts'
import type { RolloutState } from './state.ts'

interface Dependencies {
  readonly log: RolloutLog
  readonly desired: DesiredReleases
  readonly orders: RolloutOrders
  /** Takes a rollout into its app's queue under this id. */
  readonly create: (draft: OrderDraft, id: string) => Promise<void>
  /** A rollout that was to go back by itself cannot. */
  readonly cannotGoBack: (state: RolloutState, reason: string) => void
  /** A rollout has ended: hosts that it did not reach may lag behind now. */
  readonly ended: (state: RolloutState) => void
}

/** What a rollout's end means for the fleet. */
export class RolloutEndings {
  readonly #dependencies: Dependencies
  /** The last rollout of each app that has ended and decided what its pools run, or was to. */
  readonly #last = new Map<string, RolloutState>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** Remembers how the last rollout of each app ended. */
  async load(): Promise<void> {
    const { log } = this.#dependencies
    for (const id of await log.lastSettledIds()) {
      const { state } = await log.load(id)
      this.#last.set(state.app, state)
    }
  }

  lastOf(app: string): RolloutState | undefined {
    return this.#last.get(app)
  }

  /** Done again after a restart that came in between: every part of it may be repeated. */
  async conclude(state: RolloutState): Promise<void> {
    const { log, ended } = this.#dependencies
    // One that catches up or tries again does not decide what pools run.
    if ((state.kind === 'deploy' || state.kind === 'rollback') && !state.prefetch) {
      this.#last.set(state.app, state)
      if (state.phase === 'done') await this.#decide(state)
    }
    if (state.rollsBack) await this.#rollBack(state)
    await log.settle(state.id)
    ended(state)
  }

  /** A deploy to named hosts says nothing of the others in their pools. */
  async #decide(state: RolloutState): Promise<void> {
    const { desired } = this.#dependencies
    const { app, releaseId, kind, hostNames, pools } = state
    const decision = { app, releaseId: releaseId!, rolloutId: state.id }
    const hosts = Object.keys(state.hosts)
    if (kind === 'deploy' && hostNames.length > 0) return desired.setHosts(decision, hosts)
    // A deploy to all is one to pools that have no host now, too.
    const others = kind === 'deploy' && pools.length === 0 ? desired.poolsOf(app) : []
    await desired.setPools(decision, [...new Set([...poolsOf(state), ...others])], hosts)
  }

  async #rollBack(state: RolloutState): Promise<void> {
    const { create, log } = this.#dependencies
    const drafts = await this.#rollbacksOf(state)
    for (const [index, draft] of drafts.entries()) {
      // Named after the rollout, so that a restart makes no second one.
      const id = `${state.id}-back${index === 0 ? '' : index + 1}`
      if (!(await log.has(id))) await create(draft, id)
    }
  }

  async #rollbacksOf(state: RolloutState): Promise<OrderDraft[]> {
    const { orders, cannotGoBack } = this.#dependencies
    try {
      return await orders.ofRollback(state, `automatic: ${state.reason}`, null)
    } catch (error) {
      if (!(error instanceof RookeryError) || error.code !== 'RELEASE_REVOKED') throw error
      cannotGoBack(state, error.message)
      return []
    }
  }
}

function poolsOf(state: RolloutState): string[] {
  const pools = new Set(Object.values(state.hosts).flatMap((host) => host.pools))
  return [...pools].filter((pool) => state.pools.length === 0 || state.pools.includes(pool))
}
