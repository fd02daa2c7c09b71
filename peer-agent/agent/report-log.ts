import { Phase, type PhaseReport, PhaseState } from '../../proto/session.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'

/** A line of the agent's own log for each phase that begins or ends. */
export function logReport(report: PhaseReport, agentLogger: Logger): void {
  const { rolloutId, app, releaseId, durationMs } = report
  const logger = forRollout(agentLogger, rolloutId)
  const phase = phaseLabel(report.phase)
  if (report.state === PhaseState.PHASE_STATE_FAILED)
    logger.error(
      { app, releaseId, phase, durationMs, code: report.errorCode },
      `${phase} failed: ${report.errorMessage}`,
    )
  else if (report.state === PhaseState.PHASE_STATE_SUCCEEDED)
    logger.info({ app, releaseId, phase, durationMs }, report.final ? `${phase} done, the last` : `${phase} done`)
  else logger.info({ app, releaseId, phase }, `${phase} started`)
}

function phaseLabel(phase: Phase): string {
  return (Phase[phase] ?? 'PHASE_UNKNOWN').slice('PHASE_'.length).toLowerCase().replaceAll('_', ' ')
}
