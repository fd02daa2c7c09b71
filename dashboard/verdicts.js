import { element, reconcile, setText } from './dom.js'

/** What the immune system found last: each counter with its numbers, suspects, and what the worst host said. */
export function renderVerdict(list, { verdicts = [] }) {
  const verdict = verdicts.at(-1)
  const lines = verdict ? linesOf(verdict) : []
  list.hidden = lines.length === 0
  reconcile(
    list,
    lines.map((text, index) => ({ text, index })),
    {
      key: ({ index }) => index,
      create: () => element('li'),
      update: (item, { text }) => setText(item, text),
    },
  )
}

function linesOf({ class: is, score, metrics, suspects, logs }) {
  const judged = metrics.filter((metric) => metric.bad || metric.class !== 'nodata')
  return [
    `verdict: ${is}${score === null ? '' : `, score ${score} of 100`}`,
    ...judged.map(({ bad, reason }) => `${bad ? '✗' : '✓'} ${reason}`),
    ...suspects.map(({ rolloutId, app, score, reason }) => `suspect ${rolloutId} of ${app}, ${score}: it ${reason}`),
    ...(logs ? logs.lines.map((line) => `${logs.host}: ${line}`) : []),
  ]
}
