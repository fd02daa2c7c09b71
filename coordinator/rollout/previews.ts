import { planFleet } from '../../planning/planner.ts'
import type { RolloutPreview, RolloutRequest } from '../../proto/http/api.ts'
import type { StartGate } from '../locks/start-gate.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { Releases } from '../releases/releases.ts'
import type { HostRegistry } from '../session/host-registry.ts'
import { planInputs, stepsOf } from './planning.ts'
import type { RolloutOrders } from './rollout-orders.ts'
import type { RolloutQueue } from './rollout-queue.ts'
import { stepView } from './rollout-view.ts'

interface Dependencies {
  readonly orders: RolloutOrders
  readonly releases: Releases
  readonly releaseStore: ReleaseStore
  readonly hosts: HostRegistry
  readonly queue: RolloutQueue
  readonly gate: StartGate
}

/** What a rollout would do, without doing it. */
export class Previews {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @throws {RookeryError} as the rollout's request would. */
  async of(request: RolloutRequest): Promise<RolloutPreview> {
    const { orders, hosts } = this.#dependencies
    const order = await orders.ofRequest(request)
    const { releaseId, policy } = await this.#release(request)
    const { fleet, options } = planInputs({ order, releaseId, policy, hosts: hosts.all() })
    const plan = planFleet(fleet, options)
    return {
      ...{ app: order.app, releaseId, revision: order.revision },
      ...{ order: plan.order, seed: plan.seed, limits: { ...plan.limits } },
      steps: stepsOf(plan).map(stepView),
      batches: plan.steps.flatMap(({ batches }) => batches.map((batch) => [...batch])),
      hosts: plan.hosts.map(({ host, pools, zone, place, why }) => {
        const isMoving = typeof place === 'object' && 'batch' in place
        const state = isMoving ? 'moves' : place === 'unchanged' ? place : 'skipped'
        return { host, pool: pools[0] ?? '', zone, batch: isMoving ? place.batch + 1 : null, state, why }
      }),
      waitsFor: await this.#waitsFor(request),
    }
  }

  async #release({ app, revision, releaseId }: RolloutRequest) {
    const { releases, releaseStore } = this.#dependencies
    if (releaseId !== undefined) return { releaseId, policy: (await releaseStore.signed(releaseId)).policy }
    const target = await releases.resolve(app, revision)
    const { rollout, immune, notifications } = target.config
    return { releaseId: (await releases.findBuilt(target)) ?? null, policy: { rollout, immune, notifications } }
  }

  async #waitsFor({ app, breakGlass }: RolloutRequest): Promise<string | null> {
    const { queue, gate } = this.#dependencies
    const running = queue.running(app)
    if (running) return `behind rollout ${running.state.id}`
    return gate.refusal(app, { breakGlass: breakGlass !== undefined })
  }
}
