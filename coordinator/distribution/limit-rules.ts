import type { LimitsRequest, LimitsRule, SwarmLimits } from '../../proto/http/api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { layeredLimits } from '../../swarm/index.ts'
import type { Database } from '../store/database.ts'

interface Dependencies {
  readonly database: Database
  readonly clock: Clock
}

/** Which hosts a rule is for: those that are in both; every host when neither is given. */
export interface Selection {
  readonly zone?: string
  readonly pool?: string
}

interface Place {
  readonly zone: string | undefined
  readonly pools: readonly string[]
}

/** What holds for a host: of the rules for it, what the narrower says goes over what the wider says. */
export function limitsFor(rules: readonly LimitsRule[], host: Place): SwarmLimits {
  const narrowness = ({ zone, pool }: LimitsRule) => (zone === null ? 0 : 1) + (pool === null ? 0 : 2)
  return rules
    .filter(({ zone, pool }) => (zone === null || zone === host.zone) && (pool === null || host.pools.includes(pool)))
    .sort((a, b) => narrowness(a) - narrowness(b))
    .reduce<SwarmLimits>((limits, rule) => layeredLimits(limits, rule.limits), {})
}

/** The caps that were ordered for agents, one rule a selection of hosts. Held in memory, each change stored. */
export class LimitRules {
  readonly #dependencies: Dependencies
  #rules: LimitsRule[] = []

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async load(): Promise<void> {
    const rows = await this.#dependencies.database.selectFrom('swarm_limit').selectAll().execute()
    this.#rules = rows.map((row) => ({
      zone: row.zone === '' ? null : row.zone,
      pool: row.pool === '' ? null : row.pool,
      limits: JSON.parse(row.limits_json),
      setAtMs: row.set_at_ms,
    }))
  }

  /** The widest first. */
  all(): LimitsRule[] {
    const key = ({ zone, pool }: LimitsRule) => `${pool ?? ''}/${zone ?? ''}`
    return [...this.#rules].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  /** Replaces the rule for these hosts. */
  async set({ zone, pool, limits }: LimitsRequest): Promise<void> {
    const set_at_ms = this.#dependencies.clock.now()
    const columns = { limits_json: JSON.stringify(limits), set_at_ms }
    await this.#dependencies.database
      .insertInto('swarm_limit')
      .values({ zone: zone ?? '', pool: pool ?? '', ...columns })
      .onConflict((conflict) => conflict.columns(['zone', 'pool']).doUpdateSet(columns))
      .execute()
    await this.load()
  }

  /** @throws {RookeryError} NOT_FOUND when there is no rule for just these hosts. */
  async clear({ zone, pool }: Selection): Promise<void> {
    const isIt = (rule: LimitsRule) => rule.zone === (zone ?? null) && rule.pool === (pool ?? null)
    if (!this.#rules.some(isIt)) throw new RookeryError('NOT_FOUND', 'no caps are set for just these hosts')
    await this.#dependencies.database
      .deleteFrom('swarm_limit')
      .where('zone', '=', zone ?? '')
      .where('pool', '=', pool ?? '')
      .execute()
    await this.load()
  }
}
