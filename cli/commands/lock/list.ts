import type { Command } from 'commander'
import type { Freeze, Hold } from '../../../proto/http/api.ts'
import { action, type Cli } from '../../invocation.ts'
import { formatMoment, formatTime } from '../../terminal/format.ts'
import { appWords } from './lock.ts'

/** A row of the list: `what` tells them apart. */
type Row = ({ readonly what: 'hold' } & Hold) | ({ readonly what: 'freeze' } & Freeze)

export function addLockListCommand(parent: Command, cli: Cli): void {
  parent
    .command('list')
    .description('every hold, and every freeze window with when it begins or ends')
    .addHelpText('after', '\nExample:\n  $ rookery lock list')
    .action(
      action(cli, async ({ api, output, clock }) => {
        const now = clock.now()
        const [holds, freezes] = await Promise.all([api.listHolds(), api.listFreezes()])
        const rows: Row[] = [
          ...holds.map((hold) => ({ what: 'hold' as const, ...hold })),
          ...freezes.map((freeze) => ({ what: 'freeze' as const, ...freeze })),
        ]
        output.list(
          rows,
          [
            { heading: 'LOCK', value: (row) => (row.what === 'hold' ? row.id : row.name) },
            { heading: 'APPS', value: appsOf },
            { heading: 'STATE', value: (row) => output.style(isActive(row) ? 'red' : 'dim', stateOf(row, now)) },
            { heading: 'SINCE', value: (row) => (row.what === 'hold' ? formatMoment(row.sinceMs, now) : '') },
            { heading: 'BY', value: (row) => (row.what === 'hold' ? row.by : 'configuration') },
            { heading: 'REASON', value: (row) => (row.what === 'hold' ? row.reason : 'freeze window') },
          ],
          'nothing is held, and there is no freeze window',
        )
      }),
    )
}

function isActive(row: Row): boolean {
  return row.what === 'hold' || row.active
}

function appsOf(row: Row): string {
  if (row.what === 'hold') return appWords(row.app)
  return row.apps?.join(',') ?? appWords(null)
}

function stateOf(row: Row, nowMs: number): string {
  const changeMs = row.what === 'hold' ? row.untilMs : row.changesAtMs
  const when = changeMs === null ? '' : formatTime(changeMs, nowMs)
  if (isActive(row)) return when === '' ? 'held' : `held until ${when}`
  return when === '' ? 'over' : `open until ${when}`
}
