import type { MetricVerdict } from '../../proto/http/immune.ts'
import { type RankTest, rankTest } from './rank-test.ts'
import { meanOf, thinned } from './samples.ts'
import { isEnough, median, type Shift, shiftOf } from './shift.ts'

export type MetricClass = MetricVerdict['class']

export interface ClassifierSettings {
  readonly direction: 'increase' | 'decrease' | 'either'
  /** Share of the control's level by which values may shift. */
  readonly tolerance: number
  /** Shifts below this never count, in the counter's own unit. */
  readonly atLeast: number
  /** Of the interval, e.g. 0.98. */
  readonly confidence: number
  /** By how much the same hosts differed before: no release is to blame for that. */
  readonly before?: Shift | null
}

export interface Classification {
  readonly class: MetricClass
  /** `separation`: too few values for a test, and yet far beyond all that the control has shown. */
  readonly how: RankTest['method'] | 'separation' | null
  readonly value: number
  readonly controlValue: number
  readonly shift: Shift
  readonly pValue: number
  readonly effect: number
  /** Shifts up to this pass. */
  readonly tolerated: number
}

/** Kayenta's: the interval must lie beyond this share of the estimate, so that a rough guess is no verdict. */
const fraction = 0.25
/** More values than these tell nothing new. */
const mostTreated = 1_000
const mostControl = 1_000
/** Without a test: every value is so many times the most of the control. */
const separationFactor = 5
const separationTreated = 2
const separationControl = 4

/**
 * Whether the values of hosts with the release are higher or lower than the control's, beyond what is tolerated. After
 * Kayenta's MannWhitneyClassifier: the confidence interval of the Hodges-Lehmann shift has to clear the bound.
 * @returns null when either side is empty.
 */
export function classify(
  treatedValues: readonly number[],
  controlValues: readonly number[],
  settings: ClassifierSettings,
): Classification | null {
  if (treatedValues.length === 0 || controlValues.length === 0) return null
  const [treated, control] = [thinned(treatedValues, mostTreated), thinned(controlValues, mostControl)]
  const { confidence, direction, atLeast } = settings
  const shift = shiftOf(treated, control, confidence)
  const { pValue, effect, method } = rankTest(treated, control)
  const asked = Math.max(atLeast, settings.tolerance * levelOf(control))
  const rough = fraction * Math.abs(shift.estimate)
  const bounds = {
    up: Math.max(asked, shiftBefore(settings, 'up')),
    down: Math.max(asked, shiftBefore(settings, 'down')),
  }
  const [up, down] = [Math.max(bounds.up, rough), Math.max(bounds.down, rough)]
  const common = { value: median(treated), controlValue: median(control), shift, pValue, effect }
  if (!isEnough(treated.length, control.length, confidence)) {
    const isApart = direction !== 'decrease' && isSeparate(treated, control, bounds.up)
    return { ...common, tolerated: up, ...(isApart ? separate : unknown) }
  }
  if (direction !== 'decrease' && shift.lower > up) return { ...common, tolerated: up, class: 'high', how: method }
  if (direction !== 'increase' && shift.upper < -down) return { ...common, tolerated: down, class: 'low', how: method }
  return { ...common, tolerated: direction === 'decrease' ? down : up, class: 'pass', how: method }
}

const unknown = { class: 'nodata', how: null } as const
const separate = { class: 'high', how: 'separation' } as const

/** The control's usual value; its mean where that is 0, as counts of rare events have it. */
function levelOf(control: readonly number[]): number {
  return Math.abs(median(control) || meanOf(control))
}

function shiftBefore({ before }: ClassifierSettings, direction: 'up' | 'down'): number {
  if (!before) return 0
  const bound = direction === 'up' ? before.upper : -before.lower
  return Number.isFinite(bound) ? bound : 0
}

/** Far above all that the control has shown; where that is nothing, only what is tolerated can tell how much is much. */
function isSeparate(treated: readonly number[], control: readonly number[], tolerated: number): boolean {
  if (treated.length < separationTreated || control.length < separationControl) return false
  const [least, most] = [Math.min(...treated), Math.max(...control)]
  if (most <= 0 && tolerated <= 0) return false
  return least > separationFactor * Math.max(most, 0) && least - most > tolerated
}
