import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '../../runtime/clock.ts'
import type { LogExporter } from './export/log-exporter.ts'
import type { LogStore } from './log-store.ts'

interface Parts {
  readonly store: LogStore
  readonly exporters: readonly LogExporter[]
  readonly clock: Clock
}

/** What /metrics shows of the log, looked up when it is asked for. */
export function logMetrics(registry: Registry, { store, exporters, clock }: Parts): void {
  new Gauge({
    name: 'rookery_log_stored_bytes',
    help: 'Output that is stored',
    registers: [registry],
    async collect() {
      this.set(await store.totalBytes())
    },
  })
  if (exporters.length === 0) return
  const gauge = (name: string, help: string, value: (exporter: LogExporter) => number | Promise<number>) =>
    new Gauge({
      name: `rookery_log_export_${name}`,
      help,
      labelNames: ['export'],
      registers: [registry],
      async collect() {
        for (const exporter of exporters) this.set({ export: exporter.name }, await value(exporter))
      },
    })
  gauge('lag_entries', 'Stored entries behind the last that was exported', async ({ cursor }) =>
    Math.max(0, (await store.newestId()) - cursor),
  )
  gauge('lag_seconds', 'Age of the oldest entry that is not exported', async ({ cursor }) => {
    const storedAtMs = await store.storedBehind(cursor)
    return storedAtMs === undefined ? 0 : Math.max(0, clock.now() - storedAtMs) / 1_000
  })
  gauge('lines_total', 'Lines that were exported since the start', ({ exported }) => exported.lines)
  gauge('refused_lines_total', 'Lines that the target refused for good', ({ exported }) => exported.refusedLines)
  gauge('missed_bytes_total', 'Output that was removed before it was exported', ({ exported }) => exported.missedBytes)
  gauge('failures_total', 'Calls that failed and were tried again', ({ exported }) => exported.failures)
}
