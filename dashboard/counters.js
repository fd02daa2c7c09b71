import { element, reconcile, setText, svg } from './dom.js'
import { bytes, clockTime, compact, duration } from './format.js'

const width = 160
const height = 32

/** One sparkline a counter: all hosts together, step by step. */
export function renderCounters(section, { series: all, fromMs, toMs, stepMs }) {
  const pointsOf = (values) =>
    values.map((value, index) => ({ atMs: fromMs + index * stepMs, value })).filter(({ value }) => value !== null)
  const series = all
    .map(({ name, app, function: fn, values }) => ({
      title: app === '' ? name : `${app} ${name}`,
      points: pointsOf(values),
      shown: (value) => `${amount(name, value)}${fn === 'rate' ? '/s' : ''}`,
    }))
    .filter(({ points }) => points.length > 0)
  section.querySelector('.empty').hidden = series.length > 0
  reconcile(section.querySelector('ul'), series, {
    key: ({ title }) => title,
    create: () =>
      element(
        'li',
        {},
        element('span', { class: 'name' }),
        svg(
          'svg',
          { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' },
          svg('path', { class: 'area' }),
          svg('path', { class: 'line' }),
        ),
        element('span', { class: 'facts' }),
      ),
    update: (item, { title, points, shown }) => {
      const [label, chart, facts] = item.children
      setText(label, title)
      drawLine(chart, points, { fromMs, toMs, stepMs })
      const last = points.at(-1)
      const most = Math.max(...points.map(({ value }) => value))
      setText(facts, `${shown(last.value)} now · ${shown(most)} max`)
      chart.setAttribute('aria-label', `${title}: ${shown(last.value)} at ${clockTime(last.atMs)}`)
    },
  })
}

function drawLine(chart, points, { fromMs, toMs, stepMs }) {
  const top = Math.max(...points.map(({ value }) => value)) || 1
  const x = (atMs) => (((atMs - fromMs) / (toMs - fromMs)) * width).toFixed(1)
  const y = (value) => (height - 2 - (value / top) * (height - 4)).toFixed(1)
  // A single step is a dash as wide as itself, or nothing would be seen.
  const ends = points.length === 1 ? [points[0], { ...points[0], atMs: points[0].atMs + stepMs }] : points
  const line = ends.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.atMs)} ${y(point.value)}`).join(' ')
  const [area, stroke] = chart.children
  stroke.setAttribute('d', line)
  area.setAttribute('d', `${line} L${x(ends.at(-1).atMs)} ${height} L${x(ends[0].atMs)} ${height} Z`)
}

function amount(name, value) {
  if (name.endsWith('_bytes')) return bytes(value)
  return name.endsWith('_ms') ? duration(value) : compact(value)
}
