import { markdownTable } from '../harness/table.ts'
import { type Shape, shapes } from './data.ts'

/** What came of the trials of one cell. */
export interface Cell {
  readonly shape: Shape
  readonly canary: number
  readonly regression: number
  readonly alarms: number
  readonly trials: number
  /** From readiness, the half that was found soonest; null when none was. */
  readonly medianAlarmMs: number | null
}

export interface Section {
  readonly compare: 'waiting' | 'before'
  readonly waiting: number
  readonly bakeMs: number
  readonly tolerance: string
  readonly cells: readonly Cell[]
}

export interface JudgeResult {
  readonly kind: 'judge'
  readonly measuredAt: string
  readonly machine: string
  readonly seed: number
  readonly sections: readonly Section[]
}

export function formatJudge({ sections, measuredAt, seed }: JudgeResult): string {
  return [...sections.map(formatSection), `Seed ${seed}; ${measuredAt}.`].join('\n\n')
}

/** Wilson's interval at 95 %, of a share. */
export function wilson(hits: number, trials: number): [low: number, high: number] {
  const z = 1.959963984540054
  const share = hits / trials
  const center = share + (z * z) / (2 * trials)
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  const scale = 1 + (z * z) / trials
  return [Math.max(0, (center - reach) / scale), Math.min(1, (center + reach) / scale)]
}

function formatSection({ compare, waiting, bakeMs, tolerance, cells }: Section): string {
  const against = compare === 'waiting' ? `${waiting} hosts that wait` : 'the same hosts before'
  const regressions = [...new Set(cells.map(({ regression }) => regression))].sort((a, b) => a - b)
  const header = ['data', 'hosts', 'false alarms', ...regressions.filter(Boolean).map(missedHeading), 'found after']
  const rows = shapes.flatMap((shape) =>
    [...new Set(cells.map(({ canary }) => canary))].map((canary) => {
      const row = cells.filter((cell) => cell.shape === shape && cell.canary === canary)
      const of = (regression: number) => row.find((cell) => cell.regression === regression)!
      const worst = of(regressions.at(-1)!)
      const found = worst.medianAlarmMs === null ? '-' : `${worst.medianAlarmMs / 1000} s`
      const missed = regressions.filter(Boolean).map((regression) => {
        const { alarms, trials } = of(regression)
        return formatShare(trials - alarms, trials)
      })
      return [shape, String(canary), formatShare(of(0).alarms, of(0).trials), ...missed, found]
    }),
  )
  const title = `Against ${against}, watched for ${bakeMs / 1000} s, tolerance ${tolerance}; ${cells[0]!.trials} trials a cell.`
  return `${title}\n\n${markdownTable(header, rows)}`
}

function missedHeading(regression: number): string {
  return `missed of +${Math.round(regression * 100)} %`
}

function formatShare(hits: number, trials: number): string {
  const [low, high] = wilson(hits, trials)
  const percent = (share: number) => (100 * share).toFixed(share < 0.0995 && share > 0 ? 1 : 0)
  return `${percent(hits / trials)} % (${percent(low)}–${percent(high)})`
}
