import type { Clock } from '../../../runtime/clock.ts'
import type { LogExport } from './config.ts'
import type { ExportTarget } from './export-record.ts'
import { FileTarget } from './file-target.ts'
import { OtlpTarget } from './otlp-target.ts'
import { syslogTarget } from './syslog-target.ts'

/** Where an export of this configuration sends to. */
export function exportTarget(options: LogExport, { clock }: { clock: Clock }): ExportTarget {
  if ('directory' in options) return new FileTarget(options)
  return 'syslog' in options ? syslogTarget(options) : new OtlpTarget(options, { clock })
}
