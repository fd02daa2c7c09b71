import { setImmediate } from 'node:timers/promises'
import { RolloutLog } from '../../coordinator/rollout/rollout-log.ts'
import type { RolloutState } from '../../coordinator/rollout/state.ts'
import { type Database, openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import { ManualClock } from '../../runtime/manual-clock.ts'
import { type Random, seededRandom } from '../../runtime/random.ts'
import { type SimulatedCoordinator, simulatedCoordinator } from './simulated-coordinator.ts'
import { SimulatedFleet } from './simulated-fleet.ts'

const tickMs = 25
/** What one message leads to is stored in groups, a turn of the event loop each; longer chains go on in the next tick. */
const turnsPerTick = 6

/** A fleet, a coordinator that may be killed and started again, and the store that stays; time moves by hand. */
export class RolloutSimulation {
  readonly clock = new ManualClock()
  readonly random: Random
  readonly fleet: SimulatedFleet
  readonly database: Database
  readonly log: RolloutLog
  #coordinator!: SimulatedCoordinator

  private constructor(database: Database, seed: number) {
    this.database = database
    this.log = new RolloutLog(database)
    this.random = seededRandom(seed)
    this.fleet = new SimulatedFleet(this.clock, seededRandom(seed + 1))
  }

  /** @param killAfter rollout events that the coordinator stores before it is killed. */
  static async start(seed: number, killAfter?: number): Promise<RolloutSimulation> {
    const simulation = new RolloutSimulation(await openDatabase(sqliteFlavor(':memory:')), seed)
    await simulation.startCoordinator(killAfter)
    return simulation
  }

  get coordinator(): SimulatedCoordinator {
    return this.#coordinator
  }

  async startCoordinator(killAfter?: number): Promise<void> {
    const { database, fleet, clock, random } = this
    fleet.moving.clear()
    for (const { id, hosts } of await this.rollouts())
      for (const { host, status } of Object.values(hosts))
        if (status.is === 'activating') fleet.moving.add(`${id} ${host}`)
    this.#coordinator = await simulatedCoordinator({ killAfter }, { database, fleet, clock, random })
  }

  /** Every message and write that is due by then is done. */
  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += tickMs) {
      this.clock.advance(tickMs)
      for (let turn = 0; turn < turnsPerTick; turn++) await setImmediate()
    }
  }

  /** @returns whether it came true in time. */
  async until(isSo: () => boolean, limitMs: number): Promise<boolean> {
    for (let passedMs = 0; passedMs < limitMs && !isSo(); passedMs += tickMs) await this.pass(tickMs)
    return isSo()
  }

  /** Every rollout there was, oldest first, as it is stored. */
  async rollouts(): Promise<RolloutState[]> {
    const summaries = await this.log.list({ limit: 1_000 })
    return Promise.all(summaries.reverse().map(async ({ id }) => (await this.log.load(id)).state))
  }

  /** Nothing is under way or waits. */
  isQuiet(): boolean {
    return this.#coordinator.rollouts.unsettled === 0
  }

  async close(): Promise<void> {
    if (!this.#coordinator.life.isDead) this.#coordinator.life.die()
    await setImmediate()
    await this.database.destroy()
  }
}
