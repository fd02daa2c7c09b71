import { type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import type { RolloutEvent } from './events.ts'
import type { FetchTiming, FetchTotals, RolloutState } from './state.ts'
import { isFetchAttempt } from './step.ts'

/**
 * What an agent's last word on an attempt means for the rollout.
 * @param clockAheadMs how far the host's clock is before ours.
 */
export function finalEvent(
  state: RolloutState,
  host: string,
  report: PhaseReport,
  { atMs, clockAheadMs }: { atMs: number; clockAheadMs: number },
): RolloutEvent {
  const { attemptId } = report
  if (report.state === PhaseState.PHASE_STATE_FAILED) {
    const failure = { code: report.errorCode, message: report.errorMessage, phase: phaseName(report.phase) }
    return { type: 'attemptFailed', atMs, host, attemptId, failure }
  }
  const status = state.hosts[host]?.status
  const durationMs = status && 'sinceMs' in status ? atMs - status.sinceMs : report.durationMs
  if (!isFetchAttempt(attemptId)) return { type: 'activated', atMs, host, attemptId, durationMs }
  const timing = timingOf(report, atMs - durationMs, clockAheadMs)
  return { type: 'fetched', atMs, host, attemptId, totals: totalsOf(report), timing, durationMs }
}

/** The last word on an activation that ended well. */
export function isActivated({ attemptId, final, state }: PhaseReport): boolean {
  return final && state === PhaseState.PHASE_STATE_SUCCEEDED && !isFetchAttempt(attemptId)
}

function totalsOf({ fetchTotals }: PhaseReport): FetchTotals | null {
  if (!fetchTotals) return null
  return {
    fromPeers: fetchTotals.bytesFromPeers,
    fromSeeder: fetchTotals.bytesFromSeeder,
    fromWebSeed: fetchTotals.bytesFromWebSeed,
    reused: fetchTotals.bytesReused,
    wasted: fetchTotals.bytesWasted,
    uploaded: fetchTotals.bytesUploaded,
  }
}

function timingOf({ fetchTiming }: PhaseReport, askedAtMs: number, clockAheadMs: number): FetchTiming | null {
  if (!fetchTiming) return null
  const ours = (atMs: number) => atMs - clockAheadMs
  return {
    askedAtMs,
    startedAtMs: ours(fetchTiming.startedAtMs),
    firstByteAtMs: ours(fetchTiming.firstByteAtMs),
    finishedAtMs: ours(fetchTiming.finishedAtMs),
    // Each by its name: a field that was not sent is 0 by its prototype, which a spread leaves out.
    bytesTotal: fetchTiming.bytesTotal,
    piecesTotal: fetchTiming.piecesTotal,
    mostPeers: fetchTiming.mostPeers,
    diskWaitMs: fetchTiming.diskWaitMs,
    longestStallMs: fetchTiming.longestStallMs,
  }
}
