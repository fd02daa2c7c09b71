import type { FleetDifference, FleetRepair } from '../../proto/http/fleet.ts'
import type { RolloutOrders } from '../rollout/rollout-orders.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { Fleet } from './fleet.ts'
import type { Refetches } from './refetches.ts'

interface Dependencies {
  readonly rollouts: Pick<Rollouts, 'create'>
  readonly orders: RolloutOrders
  readonly refetches: Refetches
}

type Begun = ReadonlyMap<FleetDifference, string>

/** Begins what somebody asked for: hosts of one app and release are moved together, within what their pools can spare. */
export class FleetRepairs {
  readonly #dependencies: Dependencies

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** @param differences of this very fleet. */
  async begin(differences: readonly FleetDifference[], fleet: Fleet, by: string | null): Promise<FleetRepair[]> {
    const begun = new Map([...(await this.#move(differences, fleet, by)), ...(await this.#refetch(differences, fleet))])
    return differences.map((difference) => ({ ...difference, begun: begun.get(difference) ?? null }))
  }

  async #move(differences: readonly FleetDifference[], fleet: Fleet, by: string | null): Promise<Begun> {
    const { rollouts, orders } = this.#dependencies
    const begun = new Map<FleetDifference, string>()
    const movable = differences.filter(({ repair }) => repair === 'converge' || repair === 'reactivate')
    const groups = Map.groupBy(movable, (one) => `${one.app}/${desiredOf(one, fleet)}`)
    for (const group of groups.values()) {
      const app = group[0]!.app!
      const releaseId = desiredOf(group[0]!, fleet)
      if (releaseId === null) continue
      const names = group.map(({ host }) => host)
      const why = 'these hosts were to be repaired'
      const { id } = await rollouts.create({ ...orders.ofConvergence(app, releaseId, names), why, by })
      for (const one of group) begun.set(one, `rollout ${id} activates ${releaseId}`)
    }
    return begun
  }

  async #refetch(differences: readonly FleetDifference[], fleet: Fleet): Promise<Begun> {
    const begun = new Map<FleetDifference, string>()
    for (const one of differences.filter(({ repair }) => repair === 'refetch')) {
      const releaseId = liveOf(one, fleet)
      if (releaseId !== null && (await this.#dependencies.refetches.begin(one.host, one.app!, releaseId)))
        begun.set(one, `its agent unpacks the changed files of ${releaseId} anew`)
    }
    return begun
  }
}

function liveOf({ host, app }: FleetDifference, { hosts }: Fleet): string | null {
  const observed = hosts.find(({ name }) => name === host)?.observed
  return observed?.find((one) => one.app === app)?.liveReleaseId ?? null
}

function desiredOf({ host, app }: FleetDifference, { hosts, apps }: Fleet): string | null {
  const known = hosts.find(({ name }) => name === host)
  return (known && apps.find(({ name }) => name === app)?.ofHost(known)) ?? null
}
