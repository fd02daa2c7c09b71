import type { Readiness } from '../../proto/release-manifest.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { askProbe, type ProbeContext, type ProbeResult } from './probe.ts'

export type RoundContext = Omit<ProbeContext, 'timeoutMs'> & {
  /** Whether the supervised process is there; undefined when there is none to supervise. */
  readonly appRuns: () => boolean | undefined
}

/** All probes once, together. With none, the process being there is all that is asked. */
export async function probeRound(readiness: Readiness, context: RoundContext, clock: Clock): Promise<ProbeResult> {
  const runs = context.appRuns()
  if (runs === false) return { ok: false, detail: 'the app is not running' }
  const results = await Promise.all(
    readiness.probes.map((probe) => askProbe(probe, { ...context, timeoutMs: readiness.timeoutMs }, clock)),
  )
  const failed = results.find((result) => !result.ok)
  if (failed) return failed
  return { ok: true, detail: results.at(-1)?.detail ?? (runs ? 'the app is running' : 'nothing to probe') }
}

/**
 * Resolves with the last answer once enough rounds in a row have passed, and all that followed for `minHealthyTimeMs`.
 * `onAnswer` hears every round.
 * @throws {RookeryError} NOT_READY with the last answer, after `healthyDeadlineMs`; the signal's reason when aborted.
 */
export async function awaitReadiness(
  readiness: Readiness,
  context: RoundContext,
  onAnswer: (answer: ProbeResult) => void,
  clock: Clock,
): Promise<ProbeResult> {
  const late = new AbortController()
  const deadline = clock.after(readiness.healthyDeadlineMs, () => late.abort())
  const signal = AbortSignal.any([context.signal, late.signal])
  let last = 'no probe has answered'
  try {
    const streak = new Streak(readiness, clock)
    for (;;) {
      const answer = await probeRound(readiness, { ...context, signal }, clock)
      if (signal.aborted) throw signal.reason
      onAnswer(answer)
      const leftMs = streak.leftMs(answer.ok)
      if (leftMs <= 0) return answer
      last = streak.isHealthy ? `healthy, but for less than ${readiness.minHealthyTimeMs} ms` : answer.detail
      await sleep(clock, Math.min(readiness.intervalMs, leftMs), signal)
    }
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (!late.signal.aborted) throw error
    throw new RookeryError('NOT_READY', `not ready after ${readiness.healthyDeadlineMs} ms: ${last}`)
  } finally {
    deadline.cancel()
  }
}

/** Rounds that passed in a row, and how long the app has been healthy by them. */
class Streak {
  readonly #readiness: Readiness
  readonly #clock: Clock
  #rounds = 0
  #healthySinceMs: number | undefined

  constructor(readiness: Readiness, clock: Clock) {
    this.#readiness = readiness
    this.#clock = clock
  }

  get isHealthy(): boolean {
    return this.#healthySinceMs !== undefined
  }

  /** Takes in one more round. How long rounds must still pass: infinity while too few did, 0 or less when it is proven. */
  leftMs(passed: boolean): number {
    this.#rounds = passed ? this.#rounds + 1 : 0
    const isHealthy = this.#rounds >= this.#readiness.successes
    const nowMs = this.#clock.monotonicMs()
    this.#healthySinceMs = isHealthy ? (this.#healthySinceMs ?? nowMs) : undefined
    if (this.#healthySinceMs === undefined) return Number.POSITIVE_INFINITY
    return this.#healthySinceMs + (this.#readiness.minHealthyTimeMs ?? 0) - nowMs
  }
}
