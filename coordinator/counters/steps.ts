import type { KeepOptions } from './config.ts'
import { coarseTier, day, fineTier, middleTier } from './tiers.ts'

export interface Steps {
  /** A multiple of the step. */
  readonly fromMs: number
  readonly stepMs: number
  readonly length: number
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000]
/** What people read easily; each is a multiple of a tier's width. */
const ladder = [
  ...[10, 20, 30].map((seconds) => seconds * second),
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * hour),
  ...[1, 2, 5, 10, 30].map((days) => days * day),
]

/** The steps that cover the time, no finer than what is kept of it and no more than `maxPoints` of them. */
export function stepsOf(
  { fromMs, toMs, maxPoints, stepMs }: { fromMs: number; toMs: number; maxPoints: number; stepMs?: number | undefined },
  keep: KeepOptions,
  nowMs: number,
): Steps {
  const least = finestMs(fromMs, keep, nowMs)
  const wanted = stepMs ?? (toMs - fromMs) / maxPoints
  const step =
    stepMs !== undefined && stepMs % least === 0
      ? stepMs
      : (ladder.find((rung) => rung >= wanted && rung % least === 0) ?? Math.ceil(wanted / (30 * day)) * 30 * day)
  const start = fromMs - (fromMs % step)
  return { fromMs: start, stepMs: step, length: Math.max(1, Math.ceil((toMs - start) / step)) }
}

/** Width of the finest windows that are kept of a time. */
function finestMs(atMs: number, { tenSecondsDays, fiveMinutesDays }: KeepOptions, nowMs: number): number {
  const agoMs = nowMs - atMs
  if (agoMs <= tenSecondsDays * day) return fineTier.widthMs
  return agoMs <= fiveMinutesDays * day ? middleTier.widthMs : coarseTier.widthMs
}
