import type { CounterWindow } from '../../proto/http/api.ts'
import type { ImmuneRule } from '../app-config/rookery-yml.ts'

/**
 * Judges activated hosts by fixed limits on the mean of a counter.
 * @param windows those of the bake time, of activated hosts only.
 * @returns the broken rule as a sentence with its numbers, or null when all is well or too little is known.
 */
export function judgeLimits(rules: readonly ImmuneRule[], windows: readonly CounterWindow[]): string | null {
  for (const rule of rules) {
    const byHost = Map.groupBy(
      windows.filter((window) => window.name === rule.counter),
      (window) => window.host,
    )
    for (const [host, ofHost] of byHost) {
      const count = ofHost.reduce((sum, window) => sum + window.count, 0)
      const mean = ofHost.reduce((sum, window) => sum + window.sum, 0) / count
      if (count < rule.minimumCount || mean <= rule.above) continue
      return `counter ${rule.counter} on ${host} has a mean of ${Number(mean.toPrecision(6))} over ${count} samples, above the limit of ${rule.above}`
    }
  }
  return null
}
