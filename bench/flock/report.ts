import type { ClientName } from '../clients/client.ts'
import { type CpuUse, tolerableForeignShare } from '../harness/cpu.ts'
import { markdownTable } from '../harness/table.ts'
import { describe, type Scenario } from './options.ts'
import type { Summary } from './summary.ts'

export interface FlockResult {
  readonly kind: 'flock'
  readonly measuredAt: string
  readonly machine: string
  readonly scenario: Scenario
  readonly boundSeconds: number
  /** Plain TCP between two hosts, and across the link of two zones, in 10^6 bits/s of payload. */
  readonly plainTcpMbit: number
  readonly linkTcpMbit: number | null
  readonly rounds: readonly ({ readonly client: ClientName; readonly version: string } & Summary)[]
  readonly skipped: readonly { readonly client: ClientName; readonly reason: string }[]
}

const disturbed = ({ foreignShare }: CpuUse) =>
  foreignShare > tolerableForeignShare ? ` (other programs ${(foreignShare * 100).toFixed(0)} %)` : ''

/** What was measured, as Markdown. */
export function formatFlock(result: FlockResult): string {
  const { scenario, boundSeconds, rounds } = result
  const timed = (seconds: number | null) =>
    seconds === null ? 'not done' : `${seconds.toFixed(1)} s (${(seconds / boundSeconds).toFixed(2)})`
  const header = ['client', 'first', 'p50', 'p99', 'max', 'seeder sent', 'host received', 'CPU idle', 'peers’ CPU']
  if (scenario.zones === 2) header.push('zone 0 last', 'zone 1 last', 'copies over the link', 'back')
  if (scenario.slowHosts > 0) header.push('fast hosts max', 'slow hosts max')
  const rows = rounds.map((round) => {
    const { all, zones, fast, slow, linkCopies } = round
    const unfinished = all.done < all.hosts ? `, ${all.done} of ${all.hosts} done` : ''
    const damaged = round.wholeFiles < all.done ? `, ${all.done - round.wholeFiles} files wrong` : ''
    const row = [
      `${round.client} ${round.version}${unfinished}${damaged}`,
      ...[all.first, all.p50, all.p99, all.max].map(timed),
      `${round.seederCopies.toFixed(2)} F`,
      `${round.receivedCopies.toFixed(2)} F`,
      `${(round.cpu.idleShare * 100).toFixed(0)} %${disturbed(round.cpu)}`,
      `${round.cpu.seconds.toFixed(1)} s`,
    ]
    if (scenario.zones === 2)
      row.push(...zones.map((zone) => timed(zone.max)), ...linkCopies.map((copies) => copies.toFixed(2)))
    if (scenario.slowHosts > 0) row.push(timed(fast.max), timed(slow.max))
    return row
  })
  const link = result.linkTcpMbit === null ? '' : `, ${result.linkTcpMbit.toFixed(1)} across the link`
  return [
    `${describe(scenario)}. Bound ${boundSeconds.toFixed(1)} s; in parentheses: ÷ bound. F is the artifact.`,
    `Plain TCP between two hosts: ${result.plainTcpMbit.toFixed(1)} Mbit/s${link}. ${result.machine}; ${result.measuredAt}.`,
    '',
    markdownTable(header, rows),
    ...result.skipped.map(({ client, reason }) => `\n${client} was skipped: ${reason}`),
  ].join('\n')
}
