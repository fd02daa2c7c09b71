import type { LineLevel } from '../../../runtime/log-level.ts'
import type { ExportRecord } from './export-record.ts'

/** `SeverityNumber` of opentelemetry/proto/logs/v1/logs.proto. */
const severityNumbers: Readonly<Record<LineLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string } | { readonly intValue: string }
}

/**
 * `ExportLogsServiceRequest` in the JSON form of OTLP 1.x: 64-bit numbers are text, enums are numbers. A resource is a
 * release of an app on a host.
 */
export function otlpRequest(records: readonly ExportRecord[], observedAtMs: number) {
  const resources = Map.groupBy(records, ({ app, host, releaseId }) => [app, host, releaseId].join('\n'))
  return {
    resourceLogs: [...resources.values()].map((own) => ({
      resource: { attributes: resourceAttributes(own[0]!) },
      scopeLogs: [{ scope: { name: 'rookery' }, logRecords: own.map((record) => logRecord(record, observedAtMs)) }],
    })),
  }
}

function resourceAttributes({ app, host, releaseId }: ExportRecord): Attribute[] {
  return texts({
    'service.name': app || 'rookery',
    'service.version': releaseId,
    'host.name': host || 'coordinator',
  })
}

function logRecord({ id, atMs, stream, rolloutId, level, text, gapBytes }: ExportRecord, observedAtMs: number) {
  return {
    timeUnixNano: nanoseconds(atMs),
    observedTimeUnixNano: nanoseconds(observedAtMs),
    ...(level && { severityNumber: severityNumbers[level], severityText: level.toUpperCase() }),
    body: { stringValue: text },
    attributes: [
      ...texts({ 'rookery.stream': stream, 'rookery.rollout.id': rolloutId }),
      number('rookery.entry.id', id),
      ...(gapBytes > 0 ? [number('rookery.gap.bytes', gapBytes)] : []),
    ],
  }
}

function texts(values: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, stringValue]) => ({ key, value: { stringValue } }))
}

function number(key: string, value: number): Attribute {
  return { key, value: { intValue: String(value) } }
}

function nanoseconds(ms: number): string {
  return `${ms}000000`
}
