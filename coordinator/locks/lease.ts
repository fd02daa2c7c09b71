import type { Clock } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** How long a lease lasts, in ms; its holder renews it in a third of that. The coordinators' clocks must agree far better. */
export const leaseMs = 30_000

/**
 * Which coordinator drives an app's rollout, where several share a store. One holder an app; it fails closed: without
 * the store's word nobody has a lease.
 */
export class RolloutLease {
  readonly #dependencies: Dependencies
  /** Of this process, so that one that was started again is another. */
  readonly #holder: string

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#holder = Buffer.from(dependencies.random.bytes(16)).toString('hex')
  }

  /**
   * Takes an app's lease, or takes it over when it has run out or is for this very rollout, as after a restart.
   * One statement, so that of two coordinators one gets it.
   * @returns whether this process has it now.
   */
  async acquire(app: string, rolloutId: string): Promise<boolean> {
    const { database, clock } = this.#dependencies
    const columns = { rollout_id: rolloutId, holder: this.#holder, expires_at_ms: clock.now() + leaseMs }
    const isFree = () =>
      database
        .insertInto('rollout_lease')
        .values({ app, ...columns })
        .onConflict((conflict) =>
          conflict
            .column('app')
            .doUpdateSet(columns)
            .where((lease) =>
              lease.or([
                lease('rollout_lease.expires_at_ms', '<=', clock.now()),
                lease('rollout_lease.rollout_id', '=', rolloutId),
              ]),
            ),
        )
        .returning('app')
        .executeTakeFirst()
    return this.#ask('acquired', app, async () => (await isFree()) !== undefined)
  }

  /** @returns whether this process still has it; once false, the rollout must stand still. */
  async renew(app: string, rolloutId: string): Promise<boolean> {
    const { database, clock } = this.#dependencies
    return this.#ask('renewed', app, async () => {
      const { numUpdatedRows } = await database
        .updateTable('rollout_lease')
        .set({ expires_at_ms: clock.now() + leaseMs })
        .where('app', '=', app)
        .where('rollout_id', '=', rolloutId)
        .where('holder', '=', this.#holder)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    })
  }

  /** Gives it back; where the store does not answer, it runs out by itself. */
  async release(app: string, rolloutId: string): Promise<void> {
    await this.#ask('released', app, async () => {
      await this.#dependencies.database
        .deleteFrom('rollout_lease')
        .where('app', '=', app)
        .where('rollout_id', '=', rolloutId)
        .where('holder', '=', this.#holder)
        .execute()
      return true
    })
  }

  async #ask(what: string, app: string, question: () => Promise<boolean>): Promise<boolean> {
    try {
      return await question()
    } catch (error) {
      this.#dependencies.logger.error({ app, error }, `the rollout lease was not ${what}: ${errorMessage(error)}`)
      return false
    }
  }
}
