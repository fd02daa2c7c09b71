import type { FleetPlan, PlacedHost, PlannedStep } from '../../../planning/plan.ts'
import type { RolloutPreview } from '../../../proto/http/api.ts'
import { formatDuration, plural } from '../../terminal/format.ts'
import type { Column } from '../../terminal/table.ts'
import { wrapped } from '../../terminal/wrap.ts'

export const explanationColumns: readonly Column<PlacedHost>[] = [
  { heading: 'HOST', value: ({ host }) => host },
  { heading: 'POOLS', value: ({ pools }) => pools.join(',') },
  { heading: 'BATCH', value: ({ place }) => batchWord(place), align: 'right' },
  { heading: 'WHY', value: ({ why }) => why },
]

/** The plan in lines of at most `columns`: the totals, then each step with its batches, then who stays as it is. */
export function planLines(plan: FleetPlan, columns: number): string[] {
  const batchesBefore = plan.steps.map((_, index) => batchCount(plan.steps.slice(0, index)))
  const digits = String(batchCount(plan.steps)).length
  return [
    ...wrapped(headline(plan).split(' '), columns, 0),
    ...wrapped(limitsLine(plan).split(' '), columns, 0),
    ...plan.steps.flatMap((step, index) => stepLines(step, batchesBefore[index]!, digits, columns)),
    ...stayingLines(plan, columns),
  ]
}

function headline({ hosts, steps, order, seed }: FleetPlan): string {
  const seeded = order === 'spread' || order === 'zone' ? ` with seed ${seed}` : ''
  const moving = steps.reduce((sum, { batches }) => sum + batches.flat().length, 0)
  const cut = `${plural(moving, 'host')} of ${hosts.length} in ${plural(batchCount(steps), 'batch')}`
  return `${cut}, order ${order}${seeded}`
}

function limitsLine({ limits, maxParallel }: FleetPlan): string {
  const pools = Object.entries(limits).map(([pool, limit]) => `${pool} ${limit}`)
  const together = maxParallel === null ? '' : `; ${maxParallel} of all pools together`
  return `at once at most: ${pools.join(', ') || 'no pools'}${together}`
}

function stepLines(step: PlannedStep, batchesBefore: number, digits: number, columns: number): string[] {
  const after = [
    plural(step.batches.flat().length, 'host'),
    ...(step.bakeMs > 0 ? [`then watched for ${formatDuration(step.bakeMs)}`] : []),
    ...(step.waitsForPromote ? ['then waits for `rollout promote`'] : []),
  ]
  const batches = step.batches.flatMap((batch, index) => {
    const title = `  batch ${String(batchesBefore + index + 1).padStart(digits)}  `
    return hanging(title, batch, columns)
  })
  return ['', `${step.name}: ${after.join(', ')}`, ...batches]
}

function stayingLines({ hosts }: FleetPlan, columns: number): string[] {
  const unchanged = hosts.filter(({ place }) => place === 'unchanged').map(({ host }) => host)
  const skipped = hosts.filter(({ place }) => typeof place === 'object' && 'skipped' in place)
  return [
    ...(unchanged.length + skipped.length > 0 ? [''] : []),
    ...(unchanged.length > 0 ? hanging('unchanged  ', unchanged, columns) : []),
    ...skipped.map(({ host, why }) => `skipped    ${host}: ${why}`),
  ]
}

/** The words beside the title, and under each other. */
function hanging(title: string, words: readonly string[], columns: number): string[] {
  const [first, ...others] = wrapped(words, columns, title.length)
  return [title + first!.trimStart(), ...others]
}

function batchCount(steps: readonly PlannedStep[]): number {
  return steps.reduce((sum, { batches }) => sum + batches.length, 0)
}

function batchWord(place: PlacedHost['place']): string {
  if (typeof place === 'string') return '='
  return 'batch' in place ? String(place.batch + 1) : '-'
}

/** What a coordinator says of a rollout that was not begun, as a plan. */
export function fleetPlanOf({ order, seed, limits, steps, batches, hosts }: RolloutPreview): FleetPlan {
  return {
    ...{ order, seed, limits, maxParallel: null, bakePerBatchMs: 0 },
    steps: steps.map(({ name, lastBatch, bakeMs, waitsForPromote }, index) => {
      const firstBatch = steps[index - 1]?.lastBatch ?? 0
      return { name, bakeMs, waitsForPromote, batches: batches.slice(firstBatch, lastBatch) }
    }),
    hosts: hosts.map(({ host, pool, zone, batch, state, why }): PlacedHost => {
      const place = batch !== null ? { batch: batch - 1 } : state === 'unchanged' ? state : { skipped: why }
      return { host, pools: [pool], zone, place, why }
    }),
  }
}
