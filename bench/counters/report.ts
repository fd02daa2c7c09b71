import { markdownTable } from '../harness/table.ts'
import type { WeekResult } from './week.ts'

/** A window of every host. */
export interface RoundResult {
  /** From the first host's sending to the last one's acknowledgement. */
  readonly ackedMs: number
  readonly coordinatorCpuSeconds: number
  readonly coordinatorBytes: number
}

export interface CountersResult {
  readonly kind: 'counters'
  readonly measuredAt: string
  readonly machine: string
  readonly hosts: number
  readonly counters: number
  readonly rounds: readonly RoundResult[]
  /** Windows and what they count that are missing, or too many, in the store. */
  readonly windowsOff: number
  readonly countsOff: number
  readonly foreignShare: number
  readonly newestMs: { readonly title: string; readonly medianMs: number; readonly worstMs: number }[]
  readonly week: WeekResult
}

export function formatCounters(result: CountersResult): string {
  const { hosts, counters, rounds, windowsOff, countsOff, foreignShare, newestMs, week, measuredAt } = result
  const first = `${thousands(hosts * counters)} counters every 10 s, ${counters} from each of ${hosts} hosts on real sessions.`
  const rows = rounds.map(({ ackedMs, coordinatorCpuSeconds, coordinatorBytes }, index) => [
    ...[String(index + 1), `${(ackedMs / 1_000).toFixed(2)} s`, `${coordinatorCpuSeconds.toFixed(2)} s`],
    `${Math.round(coordinatorBytes / 1024 ** 2)} MiB`,
  ])
  const all = rounds.length * hosts * counters
  const lost = `Of ${thousands(all)} windows ${windowsOff} are missing or too many, of what they count ${countsOff}.`
  const [questions, values] = [[...newestMs.map((query) => ({ ...query, values: rounds.length })), ...week.queries], 1]
  const asked = questions.map(({ title, values: known, medianMs, worstMs }) => [
    ...[title, String(known), `${medianMs.toFixed(values)} ms`, `${worstMs.toFixed(values)} ms`],
  ])
  const { insertCpuSeconds, sweepCpuSeconds, bytesPerWindow, windows } = week
  const share = (seconds: number) => `${((100 * seconds * 50_000) / windows).toFixed(0)} %`
  const stored = `A week of ${week.hosts} hosts with ${week.counters} counters each, ${thousands(windows)} windows: ${bytesPerWindow.toFixed(1)} bytes a window in both tiers. At ${thousands(500_000)} counters, storing takes ${share(insertCpuSeconds)} of a processor, without sessions and the test's own part, and putting them in order ${share(sweepCpuSeconds)}.`
  return [
    first,
    markdownTable(['round', 'all acknowledged after', 'CPU of the coordinator', 'its memory'], rows),
    lost,
    stored,
    markdownTable(['question', 'values', 'median', 'worst'], asked),
    `Foreign share of the CPU ${(100 * foreignShare).toFixed(0)} %; ${measuredAt}.`,
  ].join('\n\n')
}

function thousands(value: number): string {
  return value.toLocaleString('en-US')
}
