import type { Aggregate, Comparison } from '../../proto/http/immune.ts'
import type { Immune, ImmuneRule } from '../app-config/immune.ts'

interface CommonRule {
  readonly counter: string
  readonly aggregate: Aggregate
  readonly weight: number
  readonly critical: boolean
  readonly minimumHosts: number
  readonly failsWithoutData: boolean
  /** Null: as the rollout's policy says. */
  readonly onFailure: 'halt' | 'pause' | 'rollback' | null
}

export interface LimitRule extends CommonRule {
  readonly compare: 'limit'
  readonly above: number | null
  readonly below: number | null
  readonly minimumCount: number
}

export interface ComparisonRule extends CommonRule {
  readonly compare: Exclude<Comparison, 'limit'>
  readonly direction: 'increase' | 'decrease' | 'either'
  /** A share of the control's level. */
  readonly tolerance: number
  readonly atLeast: number
  readonly minimumWindows: number
  /** A window without the counter, of an agent that was there, counts as 0. */
  readonly fillsWithZero: boolean
  readonly removesOutliers: boolean
}

/** A rule with all that its file left out. */
export type Rule = LimitRule | ComparisonRule

/** Lines that an app writes to its error output or marks as errors, and how often it was started after a crash. */
export const logErrors = 'rookery.app.log_errors'
export const restarts = 'rookery.app.restarts'

const events: ReadonlySet<Aggregate> = new Set(['sum', 'rate', 'count'])

/** By name. A line every few seconds is no regression; three crashes within a bake are, whatever the others do. */
const builtIn: Readonly<Record<Immune['builtIn'][number], ImmuneRule>> = {
  logErrors: {
    counter: logErrors,
    compare: 'waiting',
    aggregate: 'rate',
    tolerance: '50%',
    atLeast: 0.5,
    critical: true,
  },
  crashLoops: { counter: restarts, aggregate: 'sum', above: 2 },
}

/** All rules that hold; a built-in one gives way to one on the same counter. */
export function rulesOf({ builtIn: names, rules }: Immune): Rule[] {
  const own = new Set(rules.map(({ counter }) => counter))
  const others = names.map((name) => builtIn[name]).filter(({ counter }) => !own.has(counter))
  return [...rules, ...others].map(completeRule)
}

function completeRule(rule: ImmuneRule): Rule {
  const { counter, aggregate = 'mean', above = null, below = null, weight = 1, minimumHosts = 1 } = rule
  const { noData = 'pass', onFailure = null } = rule
  const common = { counter, aggregate, weight, minimumHosts, failsWithoutData: noData === 'fail', onFailure }
  if (above !== null || below !== null) {
    const { critical = true, minimumCount = 1 } = rule
    return { ...common, compare: 'limit', critical, above, below, minimumCount }
  }
  const { critical = false, direction = 'increase', tolerance = '10%', atLeast = 0, minimumWindows = 2 } = rule
  const { missing = events.has(aggregate) ? 'zero' : 'skip', outliers = 'keep' } = rule
  return {
    ...{
      ...common,
      compare: (rule.compare as ComparisonRule['compare'] | undefined) ?? 'waiting',
      critical,
      direction,
    },
    ...{ tolerance: Number.parseFloat(tolerance) / 100, atLeast, minimumWindows },
    ...{ fillsWithZero: missing === 'zero', removesOutliers: outliers === 'remove' },
  }
}
