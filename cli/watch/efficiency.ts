import type { Efficiency } from '../../proto/http/api.ts'
import { formatDuration, plural } from '../terminal/format.ts'

/** The slowest tell what is wrong; the rest are counted. */
const mostStragglersShown = 5

/** How good the distribution was: against the bound, and who held it up. Empty while it is not known. */
export function efficiencyLines(efficiency: Efficiency | null): string[] {
  if (!efficiency) return []
  const { makespanMs, ratio, boundMs, capacity, hosts, stragglers } = efficiency
  const rate = `${((capacity.bytesPerSecond * 8) / 1_000_000).toFixed(1)} Mbit/s a host, ${capacity.source}`
  const bound = `${ratio.toFixed(2)} × the least possible (${formatDuration(boundMs)} at ${rate})`
  const lines = [`  distribution: ${plural(hosts, 'host')} in ${formatDuration(makespanMs)}, ${bound}`]
  lines.push(...stragglers.slice(0, mostStragglersShown).map(({ sentence }) => `  slow: ${sentence}`))
  const more = stragglers.length - mostStragglersShown
  return more > 0 ? [...lines, `  and ${plural(more, 'more slow host')}`] : lines
}
