import type { MetricVerdict, Verdict } from '../../proto/http/immune.ts'

export interface ScoreThresholds {
  /** From this score on all is well. */
  readonly pass: number
  /** From this score on an operator decides; below it the verdict is bad. */
  readonly marginal: number
}

export type Score = Pick<Verdict, 'class' | 'score'>

type Scored = Pick<MetricVerdict, 'class' | 'bad' | 'critical' | 'weight'>

/**
 * The weight of the rules that passed, in per cent of all that had data; 0 as soon as a critical one did not pass, as
 * Kayenta has it.
 * @param rules the results of each rule, one a pool: a rule is as bad as its worst pool.
 */
export function scoreOf(rules: readonly (readonly Scored[])[], { pass, marginal }: ScoreThresholds): Score {
  let [passed, all, isCritical] = [0, 0, false]
  for (const results of rules) {
    const judged = results.filter((result) => result.bad || result.class !== 'nodata')
    if (judged.length === 0) continue
    const isBad = judged.some(({ bad }) => bad)
    const { weight } = judged[0]!
    all += weight
    if (!isBad) passed += weight
    isCritical ||= isBad && judged[0]!.critical
  }
  if (all === 0) return { class: 'nodata', score: null }
  const score = isCritical ? 0 : Math.round((1000 * passed) / all) / 10
  return { class: score >= pass ? 'pass' : score >= marginal ? 'marginal' : 'fail', score }
}
