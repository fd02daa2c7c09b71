import { type PhaseReport, PhaseState, phaseName } from '../../proto/session.ts'
import type { RolloutEvent } from './events.ts'
import type { RolloutState } from './state.ts'

/** What an agent's last word on an attempt means for the rollout. */
export function finalEvent(state: RolloutState, host: string, report: PhaseReport, atMs: number): RolloutEvent {
  const { attemptId } = report
  if (report.state === PhaseState.PHASE_STATE_FAILED) {
    const failure = { code: report.errorCode, message: report.errorMessage, phase: phaseName(report.phase) }
    return { type: 'attemptFailed', atMs, host, attemptId, failure }
  }
  const status = state.hosts[host]?.status
  const durationMs = status && 'sinceMs' in status ? atMs - status.sinceMs : report.durationMs
  if (!attemptId.endsWith('/fetch')) return { type: 'activated', atMs, host, attemptId, durationMs }
  const totals = report.fetchTotals && {
    fromPeers: report.fetchTotals.bytesFromPeers,
    fromSeeder: report.fetchTotals.bytesFromSeeder,
    fromWebSeed: report.fetchTotals.bytesFromWebSeed,
    reused: report.fetchTotals.bytesReused,
    wasted: report.fetchTotals.bytesWasted,
    uploaded: report.fetchTotals.bytesUploaded,
  }
  return { type: 'fetched', atMs, host, attemptId, totals: totals ?? null, durationMs }
}
