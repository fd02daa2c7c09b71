import type { Aggregate, MetricVerdict } from '../../proto/http/immune.ts'
import type { LimitRule } from './rules.ts'
import { aggregated, byHost, type Span, type Window, whole } from './series.ts'
import { counted, formatValue } from './wording.ts'

interface Judged {
  readonly host: string
  readonly value: number
  readonly count: number
  /** How far beyond the limit; negative when within. */
  readonly excess: number
  readonly limit: string
}

const words: Readonly<Record<Aggregate, string>> = {
  mean: 'a mean',
  sum: 'a sum',
  rate: 'a rate in 1/s',
  count: 'a count',
  min: 'a least value',
  max: 'a most',
}

/**
 * Judges each host that runs the release by itself against a fixed limit.
 * @param spans since when each host runs it.
 */
export function judgeLimit(rule: LimitRule, spans: readonly Span[], windows: readonly Window[]): MetricVerdict {
  const ofHosts = byHost(windows)
  const judged = spans
    .flatMap((span) => judgeHost(rule, span, whole(span, ofHosts.get(span.host))))
    .sort((a, b) => b.excess - a.excess)
  const worst = judged[0]
  const { counter, aggregate, critical, weight, failsWithoutData } = rule
  const isEnough = worst !== undefined && judged.length >= rule.minimumHosts
  const is = !isEnough ? 'nodata' : worst.excess <= 0 ? 'pass' : worst.limit.startsWith('above') ? 'high' : 'low'
  return {
    ...{ counter, aggregate, compare: 'limit', pool: null, critical, weight, class: is },
    bad: is === 'high' || is === 'low' || (is === 'nodata' && failsWithoutData),
    reason: worst ? sentence(rule, worst) : `counter ${counter} has too few samples to be judged`,
    worstHost: worst?.host ?? null,
    ...{ hosts: judged.length, windows: windows.length, controlHosts: 0, controlWindows: 0 },
    ...{ value: worst?.value ?? null, controlValue: rule.above ?? rule.below },
    ...{
      shift: null,
      shiftLower: null,
      shiftUpper: null,
      confidence: null,
      pValue: null,
      effect: null,
      tolerated: null,
    },
  }
}

function judgeHost({ above, below, ...rule }: LimitRule, { host }: Span, window: Window | null): Judged[] {
  if (!window || window.count < rule.minimumCount) return []
  const value = aggregated(window, rule.aggregate)
  if (Number.isNaN(value)) return []
  const [over, under] = [above === null ? -Infinity : value - above, below === null ? -Infinity : below - value]
  const { count } = window
  return over >= under
    ? [{ host, value, count, excess: over, limit: `above the limit of ${above}` }]
    : [{ host, value, count, excess: under, limit: `below the limit of ${below}` }]
}

function sentence({ counter, aggregate }: LimitRule, { host, value, count, excess, limit }: Judged): string {
  const within = excess <= 0 ? `not ${limit}` : limit
  return `counter ${counter} on ${host} has ${words[aggregate]} of ${formatValue(value)} over ${counted(count, 'sample')}, ${within}`
}
