import { element, reconcile, setText, svg } from './dom.js'
import { bytes, clockTime, compact, duration } from './format.js'

const width = 160
const height = 32

/** One sparkline a counter: the mean of all hosts, window by window. */
export function renderCounters(section, windows, fromMs, toMs) {
  const series = [...Map.groupBy(windows, (window) => window.name)].sort(([a], [b]) => a.localeCompare(b))
  section.querySelector('.empty').hidden = series.length > 0
  reconcile(section.querySelector('ul'), series, {
    key: ([name]) => name,
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
    update: (item, [name, ofName]) => {
      const points = meansOf(ofName)
      const [label, chart, facts] = item.children
      setText(label, name)
      drawLine(chart, points, fromMs, toMs)
      const last = points.at(-1)
      setText(
        facts,
        `${amount(name, last.mean)} now · ${amount(name, Math.max(...points.map((point) => point.max)))} max`,
      )
      chart.setAttribute('aria-label', `mean of ${name}: ${amount(name, last.mean)} at ${clockTime(last.atMs)}`)
    },
  })
}

function meansOf(windows) {
  const byStart = [...Map.groupBy(windows, (window) => window.startMs)].sort(([a], [b]) => a - b)
  return byStart.map(([atMs, group]) => {
    const total = group.reduce((sum, window) => sum + window.count, 0)
    const sum = group.reduce((all, window) => all + window.sum, 0)
    return { atMs, mean: total === 0 ? 0 : sum / total, max: Math.max(...group.map((window) => window.max)) }
  })
}

function drawLine(chart, points, fromMs, toMs) {
  const top = Math.max(...points.map((point) => point.mean)) || 1
  const x = (atMs) => (((atMs - fromMs) / (toMs - fromMs)) * width).toFixed(1)
  const y = (value) => (height - 2 - (value / top) * (height - 4)).toFixed(1)
  // A single window is a dash as wide as itself, or nothing would be seen.
  const ends = points.length === 1 ? [points[0], { ...points[0], atMs: points[0].atMs + 10_000 }] : points
  const line = ends.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.atMs)} ${y(point.mean)}`).join(' ')
  const [area, stroke] = chart.children
  stroke.setAttribute('d', line)
  area.setAttribute('d', `${line} L${x(ends.at(-1).atMs)} ${height} L${x(ends[0].atMs)} ${height} Z`)
}

function amount(name, value) {
  if (name.endsWith('_bytes')) return bytes(value)
  return name.endsWith('_ms') ? duration(value) : compact(value)
}
