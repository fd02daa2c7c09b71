import type { RolloutHost } from '../../proto/http/api.ts'
import type { Segment, StyledLine } from '../terminal/live-block.ts'
import { type BatchState, batchesOf, batchState, type WatchState } from './state.ts'
import { hostFailure, hostWord } from './wording.ts'

/** Beyond this a batch shows counts, and by name only the hosts that are busy or have failed. */
const mostNamedHosts = 6

const batchMarks = {
  waiting: { text: 'waiting', style: 'dim' },
  running: { text: 'running', style: 'yellow' },
  done: { text: 'done   ', style: 'green' },
} as const satisfies Record<BatchState, Segment>

/** One line a batch with the state of its hosts, and below it why a host failed; at most `maxLines`, around what moves. */
export function batchLines(state: WatchState, maxLines: number): StyledLine[] {
  const batches = batchesOf(state.rollout)
  const digits = String(batches.length).length
  const blocks = batches.map((hosts, index) => {
    const isRunning = batchState(hosts) !== 'done'
    return { isRunning, lines: linesOf(hosts, `batch ${String(index + 1).padStart(digits)}/${batches.length}`) }
  })
  const lines = blocks.flatMap((block) => block.lines)
  if (lines.length <= maxLines) return lines
  const firstRunning = blocks.findIndex((block) => block.isRunning)
  const before = blocks.slice(0, firstRunning < 0 ? blocks.length : firstRunning).flatMap((block) => block.lines).length
  const start = Math.max(0, Math.min(before - 2, lines.length - (maxLines - 2)))
  const end = start + maxLines - 2
  return [hidden(start, 'above'), ...lines.slice(start, end), hidden(lines.length - end, 'below')]
}

function linesOf(hosts: readonly RolloutHost[], title: string): StyledLine[] {
  const names = hosts.length <= mostNamedHosts ? hosts.map(named) : summarized(hosts)
  const row = [
    { text: `  ${title}  ` },
    batchMarks[batchState(hosts)],
    ...names.flatMap((name) => [{ text: '  ' }, ...name]),
  ]
  const failed = hosts.filter((host) => host.state === 'failed')
  return [row, ...failed.map((host): StyledLine => [{ text: `      ✗ ${hostFailure(host)}`, style: 'red' }])]
}

function named(host: RolloutHost): Segment[] {
  return [{ text: `${host.host} ` }, hostWord(host)]
}

function summarized(hosts: readonly RolloutHost[]): Segment[][] {
  const counts = new Map<string, Segment & { count: number }>()
  const busy: Segment[][] = []
  for (const host of hosts) {
    if (host.state === 'activating' && busy.length < mostNamedHosts) busy.push(named(host))
    const word = host.state === 'activating' ? { text: 'restarting', style: 'yellow' as const } : hostWord(host)
    counts.set(word.text, { ...word, count: (counts.get(word.text)?.count ?? 0) + 1 })
  }
  return [...[...counts.values()].map(({ count, text, style }) => [{ text: `${count} ${text}`, style }]), ...busy]
}

function hidden(count: number, where: string): StyledLine {
  return [{ text: count > 0 ? `  … ${count} more ${where}` : '', style: 'dim' }]
}
