import { CounterKind } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Counters, windowMs } from './counters.ts'
import { StatsdReader, type StatsdSample } from './statsd-line.ts'
import type { TallyRefusal } from './tally.ts'

interface Dependencies {
  readonly counters: Counters
  readonly clock: Clock
  readonly logger: Logger
}

const reasons: Record<TallyRefusal, string> = {
  overflow: 'there are more names, or members of a set, than counters.maxNames allows',
  otherKind: 'its name is used for another type',
}
const tallyKinds = { counter: CounterKind.COUNTER_KIND_COUNTER, timer: CounterKind.COUNTER_KIND_TIMER } as const
const shownCharacters = 120

/** Takes lines of StatsD from one app, or from the host, and counts and tells what it could not take. */
export class StatsdDesk {
  readonly #app: string
  readonly #dependencies: Dependencies
  readonly #reader = new StatsdReader()
  #nextTellMs = 0

  constructor(app: string, dependencies: Dependencies) {
    this.#app = app
    this.#dependencies = dependencies
  }

  /** @param text lines, the last of which may end without a line end. */
  take(text: string): void {
    let lines = 0
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start)
      const end = newline < 0 ? text.length : newline
      const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end)
      start = end + 1
      if (line === '') continue
      lines++
      this.#takeLine(line)
    }
    if (lines > 0) this.#dependencies.counters.observe('statsd_lines', lines, { app: this.#app })
  }

  #takeLine(line: string): void {
    const sample = this.#reader.read(line)
    if ('fault' in sample) {
      if (sample.fault === 'malformed') this.#refuse('counters_malformed', line, sample.reason)
      return
    }
    const refusal = this.#count(sample)
    if (refusal !== undefined) this.#refuse('counters_refused', line, reasons[refusal])
  }

  #count(sample: StatsdSample): TallyRefusal | undefined {
    const { counters, clock } = this.#dependencies
    const tally = counters.tally(this.#app)
    switch (sample.kind) {
      case 'gauge':
        return tally.setGauge(sample.name, sample.value, sample.isRelative, clock.now())
      case 'set':
        return tally.addMember(sample.name, sample.member)
      case 'counter':
      case 'timer':
        for (const value of sample.values) {
          const refusal = tally.observe(sample.name, tallyKinds[sample.kind], value, sample.weight)
          if (refusal !== undefined) return refusal
        }
    }
  }

  /** All are counted; of each window one is told. */
  #refuse(counter: 'counters_malformed' | 'counters_refused', line: string, reason: string): void {
    const { counters, clock, logger } = this.#dependencies
    counters.observe(counter, 1, { app: this.#app })
    const nowMs = clock.monotonicMs()
    if (nowMs < this.#nextTellMs) return
    this.#nextTellMs = nowMs + windowMs
    logger.warn({ app: this.#app, line: line.slice(0, shownCharacters) }, `a line of StatsD was not taken: ${reason}`)
  }
}
