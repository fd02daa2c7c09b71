import type { Rollout } from '../../proto/http/api.ts'
import type { Verdict } from '../../proto/http/immune.ts'
import { formatDuration } from '../terminal/format.ts'

const actions: Readonly<Record<Verdict['action'], string>> = {
  goOn: 'goes on',
  pause: 'pause',
  halt: 'halt',
  rollback: 'rollback',
}

/** What the immune system found, for people: the last verdict with its numbers, and how long it watches still. */
export function verdictLines({ verdicts = [], watchUntilMs }: Rollout, nowMs: number): string[] {
  const last = verdicts.at(-1)
  const watched = watchUntilMs ? [`watched   for another ${formatDuration(Math.max(0, watchUntilMs - nowMs))}`] : []
  return [...watched, ...(last ? linesOf(last) : [])]
}

function linesOf({ class: is, score, action, metrics, suspects, logs }: Verdict): string[] {
  const judged = metrics.filter((metric) => metric.bad || metric.class !== 'nodata')
  const scored = score === null ? '' : `, score ${score} of 100`
  return [
    `verdict   ${is}${scored}: ${actions[action]}`,
    ...judged.map(({ bad, reason }) => `  ${bad ? '✗' : '✓'} ${reason}`),
    ...suspects.map(({ rolloutId, app, score, reason }) => `  suspect ${rolloutId} of ${app}, ${score}: it ${reason}`),
    ...(logs ? [`  ${logs.host} said:`, ...logs.lines.map((line) => `    ${line}`)] : []),
  ]
}
