import { collectDefaultMetrics, Registry } from 'prom-client'

/** A service's metrics, beginning with those of its process: memory, CPU, event loop, garbage collection. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
