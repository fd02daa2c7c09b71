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
 * Resolves with the last answer once enough rounds in a row have passed. `onAnswer` hears every round.
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
  let last: ProbeResult = { ok: false, detail: 'no probe has answered' }
  try {
    for (let streak = 0; ; ) {
      const answer = await probeRound(readiness, { ...context, signal }, clock)
      if (signal.aborted) throw signal.reason
      last = answer
      onAnswer(answer)
      streak = answer.ok ? streak + 1 : 0
      if (streak >= readiness.successes) return answer
      await sleep(clock, readiness.intervalMs, signal)
    }
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (!late.signal.aborted) throw error
    throw new RookeryError('NOT_READY', `not ready after ${readiness.healthyDeadlineMs} ms: ${last.detail}`)
  } finally {
    deadline.cancel()
  }
}
