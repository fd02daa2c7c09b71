import type { ClientName } from '../clients/client.ts'
import { tolerableForeignShare } from '../harness/cpu.ts'
import { formatBytes, median } from '../harness/quantity.ts'
import { markdownTable } from '../harness/table.ts'
import type { Transfer } from './transfer.ts'

export interface LoopbackResult {
  readonly kind: 'loopback'
  readonly measuredAt: string
  readonly machine: string
  readonly scenario: { readonly sizeBytes: number; readonly pieceLengthBytes: number; readonly runs: number }
  readonly clients: readonly {
    readonly client: ClientName
    readonly version: string
    readonly isTls?: boolean
    /** Fewer than there were runs when some failed. */
    readonly transfers: readonly Transfer[]
  }[]
  readonly skipped: readonly { readonly client: ClientName; readonly reason: string }[]
}

/** What was measured, as Markdown. */
export function formatLoopback(result: LoopbackResult): string {
  const { sizeBytes, pieceLengthBytes, runs } = result.scenario
  const some = result.clients.filter(({ transfers }) => transfers.length > 0)
  const measured = some.map(({ client, version, isTls = false, transfers }) => {
    const middle = (of: (transfer: Transfer) => number) => median(transfers.map(of))
    const gib = sizeBytes / 2 ** 30
    return {
      client,
      version,
      isTls,
      rate: sizeBytes / 2 ** 20 / middle((transfer) => transfer.seconds),
      cpu: [middle(({ seeder }) => seeder.cpuSeconds / gib), middle(({ fetcher }) => fetcher.cpuSeconds / gib)],
      peak: [middle(({ seeder }) => seeder.peakBytes), middle(({ fetcher }) => fetcher.peakBytes)],
      foreignShare: middle(({ cpu }) => cpu.foreignShare),
      failed: runs - transfers.length,
      wrong: transfers.filter((transfer) => !transfer.isWhole).length,
    }
  })
  const baseline = measured.find(({ client }) => client === 'libtorrent')
  const over = (value: number, of: number | undefined, digits: number) =>
    of === undefined ? value.toFixed(digits) : `${value.toFixed(digits)} (${(value / of).toFixed(2)})`
  const rows = measured.map(({ client, version, isTls, rate, cpu, peak, foreignShare, failed, wrong }) => [
    `${client} ${version}${isTls ? ', TLS' : ''}${failed > 0 ? `, ${failed} of ${runs} failed` : ''}${wrong > 0 ? `, ${wrong} files wrong` : ''}`,
    over(rate, baseline?.rate, 0),
    ...cpu.map((seconds, side) => over(seconds, baseline?.cpu[side], 2)),
    ...peak.map((bytes, side) => over(bytes / 2 ** 20, baseline && baseline.peak[side]! / 2 ** 20, 0)),
    `${(foreignShare * 100).toFixed(0)} %${foreignShare > tolerableForeignShare ? ': measure again' : ''}`,
  ])
  const tls = measured.flatMap((secure) => {
    const plain = measured.find(({ client, isTls }) => client === secure.client && !isTls)
    if (!secure.isTls || !plain) return []
    const cost = ['seeder', 'fetcher'].map(
      (side, index) => `${side} ${plain.cpu[index]!.toFixed(2)} → ${secure.cpu[index]!.toFixed(2)} CPU s/GiB`,
    )
    return [`\n${secure.client}, TLS ÷ plain: ${(secure.rate / plain.rate).toFixed(2)}; ${cost.join(', ')}.`]
  })
  const header = ['client', 'MiB/s', 'seeder CPU s/GiB', 'fetcher CPU s/GiB', 'seeder peak MiB', 'fetcher peak MiB']
  return [
    `One seeder to one fetcher over loopback, ${formatBytes(sizeBytes)} in pieces of ${formatBytes(pieceLengthBytes)}, verified and written.`,
    `Medians of ${runs}; in parentheses: ÷ libtorrent. ${result.machine}; ${result.measuredAt}.`,
    '',
    markdownTable([...header, 'other programs'], rows),
    ...tls,
    ...result.clients
      .filter((client) => !some.includes(client))
      .map(({ client }) => `\n${client} failed in every run.`),
    ...result.skipped.map(({ client, reason }) => `\n${client} was skipped: ${reason}`),
  ].join('\n')
}
