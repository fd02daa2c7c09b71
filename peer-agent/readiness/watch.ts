import type { Readiness } from '../../proto/release-manifest.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import type { ProbeResult } from './probe.ts'
import { probeRound, type RoundContext } from './readiness.ts'

/** Once ready, an app is asked less often than while it is awaited. */
const minPeriodMs = 5_000
/** Rounds in a row that must fail before a ready app counts as not ready: one late answer is no outage. */
const failuresUntilNotReady = 3

/** Watches the live release of an app and tells when it stops or starts being ready. Ends with the context's signal. */
export async function watchReadiness(
  readiness: Readiness,
  context: RoundContext,
  initially: boolean,
  onChange: (ready: boolean, answer: ProbeResult) => void,
  clock: Clock,
): Promise<void> {
  let ready = initially
  let streak = 0
  for (;;) {
    const answer = await probeRound(readiness, context, clock)
    if (context.signal.aborted) return
    streak = answer.ok === ready ? 0 : streak + 1
    // A process that is gone needs no second look.
    const gone = context.appRuns() === false
    if (streak >= (ready ? (gone ? 1 : failuresUntilNotReady) : readiness.successes)) {
      ready = answer.ok
      streak = 0
      onChange(ready, answer)
    }
    // What has begun to change is looked at as often as while it is awaited.
    const periodMs = ready && streak === 0 ? Math.max(minPeriodMs, readiness.intervalMs) : readiness.intervalMs
    try {
      await sleep(clock, periodMs, context.signal)
    } catch {
      return
    }
  }
}
