import type { LineLevel } from '../../../runtime/log-level.ts'
import type { ExportRecord } from './export-record.ts'

const severities: Readonly<Record<LineLevel, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 }
/** Of a line that tells no level. */
const usualSeverity = 6
/** The number for what has none of its own: RFC 5612. */
const structuredDataId = 'rookery@32473'
const byteOrderMark = '\ufeff'

/** A record as RFC 5424, section 6, has it; `facility` by its number (16 is local0). */
export function syslogMessage(record: ExportRecord, facility: number): string {
  const { atMs, host, app, stream, rolloutId, releaseId, id, level, text } = record
  const priority = facility * 8 + (level ? severities[level] : usualSeverity)
  const header = [
    `<${priority}>1`,
    new Date(atMs).toISOString(),
    name(host || 'coordinator', 255),
    name(app || 'rookery', 48),
    '-',
    name(stream, 32),
  ]
  const parameters = Object.entries({ id: String(id), rollout: rolloutId, release: releaseId })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ` ${key}="${value.replace(/["\\\]]/g, '\\$&')}"`)
  return `${header.join(' ')} [${structuredDataId}${parameters.join('')}] ${byteOrderMark}${text}`
}

/** With its length in front, for a stream (RFC 5425, section 4.3; RFC 6587, section 3.4.1). */
export function octetCounted(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`
}

/** Printable ASCII without spaces; a dash stands for nothing. */
function name(text: string, maxLength: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, maxLength) || '-'
}
