import type { FileCheck, FleetCheck, FleetDifference, FleetRepair } from '../../../proto/http/fleet.ts'
import { exitCodes } from '../../../runtime/errors.ts'
import type { Invocation } from '../../invocation.ts'
import { operatorName } from '../../operator.ts'
import { plural } from '../../terminal/format.ts'
import type { Output } from '../../terminal/output.ts'
import type { Column } from '../../terminal/table.ts'

export interface FleetOptions {
  readonly digests?: boolean
  readonly host?: string[]
  readonly repair?: boolean
}

const columns: readonly Column<FleetDifference>[] = [
  { heading: 'HOST', value: ({ host }) => host },
  { heading: 'APP', value: ({ app }) => app ?? '-' },
  { heading: 'KIND', value: ({ kind }) => kind },
  { heading: 'DETAIL', value: ({ detail }) => detail },
  { heading: 'REPAIR', value: ({ repair }) => repair ?? '-' },
]

/** Every difference of the fleet, or of some hosts; resolves with the exit code. */
export async function checkFleet({ api, output, cli }: Invocation, options: FleetOptions): Promise<number> {
  const { digests, host: hosts, repair } = options
  const report = await api.checkFleet({ hosts, digests })
  output.list(report.differences, columns, 'no differences')
  if (digests) showFileChecks(output, report)
  if (repair && report.differences.some(({ isRepairable }) => isRepairable))
    showRepairs(output, await api.repairFleet({ hosts, by: operatorName(cli) }))
  // That a host is drained is what somebody wanted; that nobody could tell is no all-clear.
  const remaining = report.differences.filter(({ kind }) => kind !== 'drained')
  const isKnown = report.fileChecks.every(({ result }) => result !== 'failed')
  if (!output.json && !remaining.length && isKnown) output.line(`✓ ${plural(report.hosts, 'host')} as they should be`)
  return remaining.length === 0 && isKnown ? exitCodes.done : exitCodes.rolloutFailed
}

function showFileChecks(output: Output, { fileChecks }: FleetCheck): void {
  if (output.json) {
    for (const check of fileChecks) output.object(check)
    return
  }
  const by = (result: FileCheck['result']) => fileChecks.filter((check) => check.result === result)
  const words = [`${plural(by('intact').length, 'tree')} intact`, `${by('changed').length} changed`]
  output.note(`files: ${words.join(', ')}, ${by('away').length} away, ${by('failed').length} not told`)
  for (const { host, app, detail } of by('failed')) output.line(`✗ ${host} ${app}: ${detail}`)
}

function showRepairs(output: Output, repairs: readonly FleetRepair[]): void {
  for (const repair of repairs) {
    if (output.json) output.object(repair)
    else if (repair.begun !== null) output.line(`${repair.host} ${repair.app} ${repair.kind}: ${repair.begun}`)
  }
}
