import { markdownTable } from '../harness/table.ts'
import { describe, type SimScenario } from './options.ts'
import type { SimRow } from './summary.ts'

export interface SimResult {
  readonly kind: 'sim'
  readonly measuredAt: string
  readonly machine: string
  readonly scenario: SimScenario
  readonly rows: readonly SimRow[]
}

/** What was simulated, as Markdown. */
export function formatSim({ scenario, rows, machine, measuredAt }: SimResult): string {
  const ratio = (value: number | null) => value?.toFixed(3) ?? 'not done'
  const header = [
    'hosts',
    'bound',
    'p50',
    'p99',
    'max',
    'sent twice',
    'seeder sent',
    'messages',
    'state',
    'peers',
    'took',
  ]
  if (scenario.slowHosts > 0) header.push('slow p50', 'slow max')
  if (scenario.zones > 1) header.push('copies into zones')
  const body = rows.map((row) => {
    const { fast, slow, lost, connections } = row
    const unfinished = fast.hosts + slow.hosts - fast.done - slow.done
    const cells = [
      `${row.hosts}${lost > 0 ? `, ${lost} lost` : ''}${unfinished > 0 ? `, ${unfinished} not done` : ''}`,
      `${row.boundSeconds.toFixed(2)} s`,
      ...[fast.p50, fast.p99, fast.max].map(ratio),
      `${(row.wasteShare * 100).toFixed(2)} %`,
      `${row.seederCopies.toFixed(2)} F`,
      row.messages.toFixed(1),
      `${(row.stateBytesPerHost / 1024).toFixed(0)} KiB`,
      `${connections.mean.toFixed(0)} to ${connections.most}`,
      `${row.wallSeconds.toFixed(0)} s`,
    ]
    if (scenario.slowHosts > 0) cells.push(ratio(slow.p50), ratio(slow.max))
    if (scenario.zones > 1) cells.push(row.zoneCopies.map((copies) => copies.toFixed(2)).join(', '))
    return cells
  })
  return [
    `${describe(scenario)}. Times ÷ bound; F is the artifact; messages per piece and host. ${machine}; ${measuredAt}.`,
    '',
    markdownTable(header, body),
  ].join('\n')
}
