import type { Clock, Timer } from './clock.ts'

interface PendingTask {
  readonly order: number
  dueMs: number
  readonly periodMs: number | undefined
  readonly task: () => void
}

/** A clock that moves only when told to: the fake that tests and simulations inject. */
export class ManualClock implements Clock {
  #nowMs: number
  #order = 0
  readonly #startMs: number
  readonly #pending = new Set<PendingTask>()

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs - this.#startMs
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#add(delayMs, undefined, task)
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#add(periodMs, periodMs, task)
  }

  /** Moves time on by `ms` and runs what falls due, in order of its due time. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      if (next.periodMs === undefined) this.#pending.delete(next)
      else next.dueMs += next.periodMs
      next.task()
    }
    this.#nowMs = untilMs
  }

  #add(delayMs: number, periodMs: number | undefined, task: () => void): Timer {
    const entry = { order: this.#order++, dueMs: this.#nowMs + Math.max(0, delayMs), periodMs, task }
    this.#pending.add(entry)
    return { cancel: () => this.#pending.delete(entry) }
  }

  #nextDue(untilMs: number): PendingTask | undefined {
    let best: PendingTask | undefined
    for (const entry of this.#pending) {
      if (entry.dueMs > untilMs) continue
      if (!best || entry.dueMs < best.dueMs || (entry.dueMs === best.dueMs && entry.order < best.order)) best = entry
    }
    return best
  }
}
