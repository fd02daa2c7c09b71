import { Gauge, type Registry } from 'prom-client'
import { createRegistry } from '../runtime/metrics.ts'
import type { Rollouts } from './rollout/rollouts.ts'
import type { HostRegistry } from './session/host-registry.ts'

/** Gauges of the coordinator itself. */
export function coordinatorMetrics(hosts: HostRegistry, rollouts: Rollouts): Registry {
  const registry = createRegistry()
  new Gauge({
    name: 'rookery_hosts',
    help: 'Known hosts, by whether their agent is connected',
    labelNames: ['connected'],
    registers: [registry],
    collect() {
      const all = hosts.all()
      const connected = all.filter((host) => host.connected).length
      this.set({ connected: 'true' }, connected)
      this.set({ connected: 'false' }, all.length - connected)
    },
  })
  new Gauge({
    name: 'rookery_rollouts_active',
    help: 'Rollouts that have work left, queued ones included',
    registers: [registry],
    collect() {
      this.set(rollouts.unsettled)
    },
  })
  return registry
}
