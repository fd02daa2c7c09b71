import type { MetricVerdict, Verdict, VerdictAction } from '../../proto/http/immune.ts'
import type { Rule } from './rules.ts'
import { type ScoreThresholds, scoreOf } from './score.ts'

/** What came of one rule, one result a pool. */
export interface RuleResult {
  readonly rule: Rule
  readonly metrics: readonly MetricVerdict[]
}

interface Context extends ScoreThresholds {
  readonly onFailure: Exclude<VerdictAction, 'goOn'>
  readonly moment: Verdict['moment']
  readonly atMs: number
}

/** Weakest first: of several broken rules the strongest word counts. */
const strength: readonly VerdictAction[] = ['goOn', 'pause', 'halt', 'rollback']
const mostReasons = 3

/** All rules together: whether the rollout goes on, and why. Suspects and log lines are for the caller to add. */
export function verdictOf(
  results: readonly RuleResult[],
  { onFailure, moment, atMs, ...thresholds }: Context,
): Verdict {
  const metrics = results.flatMap((result) => result.metrics)
  const score = scoreOf(
    results.map((result) => result.metrics),
    thresholds,
  )
  const broken = results.filter((result) => result.metrics.some(({ bad }) => bad))
  const words = broken.map(({ rule }) => rule.onFailure ?? onFailure)
  const action = score.class === 'fail' ? strongest(words) : score.class === 'marginal' ? 'pause' : 'goOn'
  const common = { atMs, moment, ...score, action, metrics, suspects: [], logs: null }
  return { ...common, reason: reasonOf(score.class, score.score, metrics) }
}

function strongest(words: readonly VerdictAction[]): VerdictAction {
  return words.reduce((most, word) => (strength.indexOf(word) > strength.indexOf(most) ? word : most), 'goOn')
}

function reasonOf(is: Verdict['class'], score: number | null, metrics: readonly MetricVerdict[]): string {
  const bad = metrics.filter((metric) => metric.bad).map(({ reason }) => reason)
  if (is === 'nodata') return 'too little is known for a verdict'
  if (bad.length === 0) return `all is well: score ${score} of 100`
  const more = bad.length > mostReasons ? [`${bad.length - mostReasons} more`] : []
  const what = [...bad.slice(0, mostReasons), ...more].join('; and ')
  return bad.length === metrics.length ? what : `${what} (score ${score} of 100)`
}
