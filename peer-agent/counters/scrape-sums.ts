import { CounterKind } from '../../proto/session.ts'
import { counterName } from './counter-name.ts'
import type { PrometheusSample } from './prometheus-text.ts'
import type { Tally, TallyRefusal } from './tally.ts'

/**
 * Turns what an app says of itself into windows: gauges as they are, and of sums since its start what came since the
 * scrape before. The first scrape only remembers; a sum that went back began anew at 0.
 */
export class ScrapeSums {
  #before = new Map<string, number>()

  /** @returns how many samples the tally refused. */
  take(samples: readonly PrometheusSample[], tally: Tally): number {
    const now = new Map<string, number>()
    let refused = 0
    for (const { name, labels, value, type } of samples) {
      const counter = counterName(name, labels)
      if (counter === undefined) refused++
      else if (Number.isFinite(value) && !name.endsWith('_created')) {
        const isSum = isSumOfSamples(name, type)
        const refusal = isSum ? this.#grown(counter, value, now, tally) : level(counter, value, tally)
        if (refusal !== undefined) refused++
      }
    }
    this.#before = now
    return refused
  }

  #grown(counter: string, value: number, now: Map<string, number>, tally: Tally): TallyRefusal | undefined {
    const before = this.#before.get(counter)
    now.set(counter, value)
    if (before === undefined) return undefined
    return tally.observe(counter, CounterKind.COUNTER_KIND_COUNTER, value < before ? value : value - before)
  }
}

/** A summary's quantiles bear its bare name and are levels. */
function isSumOfSamples(name: string, type: PrometheusSample['type']): boolean {
  if (type === 'counter' || type === 'histogram') return true
  if (type === 'summary') return /_(sum|count)$/.test(name)
  return type === 'untyped' && name.endsWith('_total')
}

function level(counter: string, value: number, tally: Tally): TallyRefusal | undefined {
  return tally.observe(counter, CounterKind.COUNTER_KIND_GAUGE, value)
}
