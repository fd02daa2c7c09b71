import type { MetricVerdict } from '../../proto/http/immune.ts'
import { type Classification, type ClassifierSettings, classify } from './classify.ts'
import type { ComparisonRule } from './rules.ts'
import { blockSize, inBlocks, type Series, thinned, valuesOf, withoutOutliers } from './samples.ts'
import { median, type Shift, shiftOf } from './shift.ts'
import { counted, formatRough } from './wording.ts'

/** What a rule is judged by, in one pool. */
export interface Sides {
  readonly pool: string | null
  /** What it is really compared with. */
  readonly compare: ComparisonRule['compare']
  readonly treated: readonly Series[]
  readonly control: readonly Series[]
  /** Both in the time before, to know by how much these hosts differ anyway; empty where they are the same hosts. */
  readonly before: { readonly treated: readonly Series[]; readonly control: readonly Series[] }
}

/** Of the difference that there was before: a guess is enough, for it only widens what is tolerated. */
const beforeConfidence = 0.9
const mostBefore = 1_000

/** Compares hosts that run the release with their control, in one pool. `confidence`: e.g. 0.98. */
export function judgeComparison(rule: ComparisonRule, sides: Sides, confidence: number): MetricVerdict {
  const size = rule.fillsWithZero ? blockSize(sides.treated, sides.control) : 1
  const clean = (series: readonly Series[]) => {
    const values = valuesOf(size > 1 ? inBlocks(series, size) : series)
    return rule.removesOutliers && values.length > 0 ? withoutOutliers(values) : values
  }
  const [treated, control] = [clean(sides.treated), clean(sides.control)]
  const hasEnough = sides.treated.length >= rule.minimumHosts && treated.length >= rule.minimumWindows
  const before = shiftBefore(clean(sides.before.treated), clean(sides.before.control))
  const settings: ClassifierSettings = { ...rule, confidence, before }
  const classification = hasEnough ? classify(treated, control, settings) : null
  const is = classification?.class ?? 'nodata'
  const { counter, aggregate, critical, weight } = rule
  const worstHost = worstOf(sides.treated, rule.direction, classification)
  return {
    ...{ counter, aggregate, compare: sides.compare, pool: sides.pool, critical, weight, class: is },
    bad: is === 'high' || is === 'low' || (is === 'nodata' && rule.failsWithoutData),
    reason: sentence(rule, sides, classification, { treated: treated.length, control: control.length, confidence }),
    worstHost,
    ...{ hosts: sides.treated.length, windows: treated.length },
    ...{ controlHosts: sides.control.length, controlWindows: control.length },
    ...numbersOf(classification, confidence),
  }
}

function shiftBefore(treated: readonly number[], control: readonly number[]): Shift | null {
  if (treated.length === 0 || control.length === 0) return null
  return shiftOf(thinned(treated, mostBefore), thinned(control, mostBefore), beforeConfidence)
}

/** The host whose middle value is farthest in the bad direction. */
function worstOf(
  treated: readonly Series[],
  direction: ComparisonRule['direction'],
  classification: Classification | null,
): string | null {
  const isLow = direction === 'decrease' || (direction === 'either' && (classification?.shift.estimate ?? 0) < 0)
  const middle = treated
    .map((series) => ({ host: series.host, values: valuesOf([series]) }))
    .filter(({ values }) => values.length > 0)
    .map(({ host, values }) => ({ host, value: (isLow ? -1 : 1) * median(values) }))
  return middle.sort((a, b) => b.value - a.value)[0]?.host ?? null
}

function numbersOf(classification: Classification | null, confidence: number) {
  if (!classification) {
    const unknown = { value: null, controlValue: null, shift: null, shiftLower: null, shiftUpper: null }
    return { ...unknown, confidence, pValue: null, effect: null, tolerated: null }
  }
  const { value, controlValue, shift, pValue, effect, tolerated } = classification
  const finite = (bound: number) => (Number.isFinite(bound) ? bound : null)
  const [shiftLower, shiftUpper] = [finite(shift.lower), finite(shift.upper)]
  return { value, controlValue, shift: shift.estimate, shiftLower, shiftUpper, confidence, pValue, effect, tolerated }
}

const controls: Readonly<Record<ComparisonRule['compare'], (hosts: number) => string>> = {
  waiting: (hosts) => counted(hosts, 'waiting host'),
  before: (hosts) => `the same ${hosts === 1 ? 'host' : `${hosts} hosts`} before`,
  lastWeek: (hosts) => `the same ${hosts === 1 ? 'host' : `${hosts} hosts`} a week ago`,
}

function sentence(
  { counter, aggregate }: ComparisonRule,
  { pool, compare, treated, control }: Sides,
  classification: Classification | null,
  counts: { readonly treated: number; readonly control: number; readonly confidence: number },
): string {
  const unit = aggregate === 'rate' ? '/s' : ''
  const what = `${aggregate === 'rate' ? '' : `${aggregate} of `}${counter}${pool === null ? '' : ` in pool ${pool}`}`
  const by = `${counted(treated.length, 'host')} with the release (${counted(counts.treated, 'value')})`
  const against = `${controls[compare](control.length)} (${counted(counts.control, 'value')})`
  if (!classification) return `${what} is not known well enough: ${by} against ${against}`
  const { how, value, controlValue, shift, pValue, tolerated } = classification
  const levels = `${formatRough(value)}${unit} on ${by} against ${formatRough(controlValue)}${unit} on ${against}`
  if (classification.class === 'nodata') return `${what} has too few values for a verdict: ${levels}`
  const isBad = classification.class !== 'pass'
  const verdict = isBad ? `is ${classification.class}` : 'is as it should be'
  if (how === 'separation') return `${what} ${verdict}: ${levels}; every value is far beyond all of theirs`
  const interval = `between ${formatRough(shift.lower)} and ${formatRough(shift.upper)} at ${counts.confidence * 100} %`
  const bound = `${isBad ? 'beyond' : 'to be beyond'} the tolerated ${formatRough(tolerated)}`
  return `${what} ${verdict}: ${levels}; shift ${formatRough(shift.estimate)}, ${interval}, ${bound}, p ${formatRough(pValue)}`
}
