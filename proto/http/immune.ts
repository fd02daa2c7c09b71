/** What the immune system finds: bodies of the HTTP API, and of the rollout's events. */
import { type Static, Type } from 'typebox'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const comparisons = ['waiting', 'before', 'lastWeek', 'limit'] as const
export const aggregates = ['mean', 'sum', 'rate', 'count', 'min', 'max'] as const
export const metricClasses = ['pass', 'high', 'low', 'nodata'] as const
export const verdictActions = ['goOn', 'pause', 'halt', 'rollback'] as const
export type Comparison = (typeof comparisons)[number]
export type Aggregate = (typeof aggregates)[number]
export type VerdictAction = (typeof verdictActions)[number]

/** One counter of the hosts of one pool that run the release, beside what it was compared with. */
export const MetricVerdict = Type.Object({
  counter: Type.String(),
  aggregate: Type.Enum([...aggregates]),
  compare: Type.Enum([...comparisons], {
    description: 'What was really compared with: `before` where no host waits any more',
  }),
  pool: Nullable(Type.String()),
  class: Type.Enum([...metricClasses]),
  bad: Type.Boolean({
    description: 'It counts against the rollout: high, low, or without data where a rule forbids that',
  }),
  critical: Type.Boolean(),
  weight: Type.Number(),
  reason: Type.String({ description: 'The numbers as a sentence' }),
  worstHost: Nullable(Type.String({ description: 'Of the hosts that run the release, the one that is farthest off' })),
  hosts: Type.Integer({ description: 'Hosts that run the release and were judged' }),
  windows: Type.Integer({ description: 'Their values' }),
  controlHosts: Type.Integer(),
  controlWindows: Type.Integer(),
  value: Nullable(
    Type.Number({ description: 'Median of the hosts that run the release; for a limit, of the worst host' }),
  ),
  controlValue: Nullable(Type.Number({ description: 'Median of what was compared with, or the limit' })),
  shift: Nullable(Type.Number({ description: 'Hodges-Lehmann estimate' })),
  shiftLower: Nullable(Type.Number({ description: 'Where its confidence interval begins; null for −∞' })),
  shiftUpper: Nullable(Type.Number({ description: 'Where its confidence interval ends; null for ∞' })),
  confidence: Nullable(Type.Number({ description: '0.98 at the end of a bake or a watch, 0.999 on the way' })),
  pValue: Nullable(Type.Number({ description: 'Mann-Whitney U, two-sided' })),
  effect: Nullable(Type.Number({ description: 'Share of pairs in which the host with the release is the higher one' })),
  tolerated: Nullable(Type.Number({ description: 'A shift up to this passes' })),
})
export type MetricVerdict = Static<typeof MetricVerdict>

/** A rollout that may be to blame: this one, or another that moved the same hosts at about the same time. */
export const Suspect = Type.Object({
  rolloutId: Type.String(),
  app: Type.String(),
  score: Type.Number({ description: '0 to 1: how well its hosts and their times fit the hosts that turned bad' }),
  reason: Type.String(),
})
export type Suspect = Static<typeof Suspect>

export const Verdict = Type.Object({
  atMs: Type.Integer({ minimum: 0, description: 'When it was found, in milliseconds since the Unix epoch' }),
  moment: Type.Enum(['bake', 'watch'], { description: 'While a step was watched, or after the end of the rollout' }),
  class: Type.Enum(['pass', 'marginal', 'fail', 'nodata']),
  score: Nullable(Type.Number({ description: '0 to 100: weight of the rules that passed; null without data' })),
  action: Type.Enum([...verdictActions]),
  reason: Type.String({ description: 'As a sentence' }),
  metrics: Type.Array(MetricVerdict),
  suspects: Type.Array(Suspect, { description: 'Likeliest first; empty when no other rollout comes into question' }),
  logs: Nullable(
    Type.Object({
      host: Type.String(),
      lines: Type.Array(Type.String(), { description: 'What the worst host said since it runs the release' }),
    }),
  ),
})
export type Verdict = Static<typeof Verdict>
