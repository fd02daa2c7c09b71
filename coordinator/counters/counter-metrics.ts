import { Counter, Gauge, type Registry } from 'prom-client'
import type { CounterStore } from './counter-store.ts'
import { coarseTier, fineTier, middleTier } from './tiers.ts'

const tierNames = { [fineTier.id]: '10s', [middleTier.id]: '5m', [coarseTier.id]: '1h' }

/** What /metrics shows of the store of counters. */
export function registerCounterMetrics(registry: Registry, store: CounterStore): void {
  const registers = [registry]
  new Gauge({
    ...{ name: 'rookery_counter_series', help: 'Counters of all hosts, one of one host each', registers },
    collect() {
      this.set(store.index.series)
    },
  })
  new Counter({
    ...{ name: 'rookery_counter_windows_total', help: 'Windows that were stored', registers },
    collect() {
      this.reset()
      this.inc(store.inserted)
    },
  })
  new Counter({
    ...{ name: 'rookery_counter_windows_refused_total', help: 'Windows that were not, by reason', registers },
    labelNames: ['reason'],
    collect() {
      this.reset()
      this.inc({ reason: 'series_limit' }, store.refused.overLimit)
      this.inc({ reason: 'too_old' }, store.refused.tooOld)
    },
  })
  new Gauge({
    ...{ name: 'rookery_counter_store_bytes', help: 'Size of the blocks of each tier', registers },
    labelNames: ['tier'],
    async collect() {
      this.reset()
      for (const { tierId, bytes } of await store.rows.sizes()) this.set({ tier: tierNames[tierId] ?? '' }, bytes)
    },
  })
}
