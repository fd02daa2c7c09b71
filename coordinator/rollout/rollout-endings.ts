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
  /** A rollout has ended: hosts that it did not reach may lag behind now. */
  readonly ended: () => void
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
    const { desired, log } = this.#dependencies
    // One that catches up or tries again does not decide what pools run.
    if ((state.kind === 'deploy' || state.kind === 'rollback') && !state.prefetch) {
      this.#last.set(state.app, state)
      if (state.phase === 'done') await desired.set(state.app, poolsOf(state), state.releaseId!, state.id)
    }
    if (state.rollsBack) await this.#rollBack(state)
    await log.settle(state.id)
    this.#dependencies.ended()
  }

  async #rollBack(state: RolloutState): Promise<void> {
    const { orders, create, log } = this.#dependencies
    const drafts = await orders.ofRollback(state, `automatic: ${state.reason}`, null)
    for (const [index, draft] of drafts.entries()) {
      // Named after the rollout, so that a restart makes no second one.
      const id = `${state.id}-back${index === 0 ? '' : index + 1}`
      if (!(await log.has(id))) await create(draft, id)
    }
  }
}

function poolsOf(state: RolloutState): string[] {
  const pools = new Set(Object.values(state.hosts).flatMap((host) => host.pools))
  return [...pools].filter((pool) => state.pools.length === 0 || state.pools.includes(pool))
}
