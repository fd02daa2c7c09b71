import { Phase, type PhaseReport, PhaseState } from '../../proto/session.ts'
import { type ErrorCode, RookeryError } from '../../runtime/errors.ts'

/** Something the coordinator asked for once, under an id of its own. All of it is on disk before it begins. */
export interface Attempt {
  readonly attemptId: string
  readonly rolloutId: string
  readonly app: string
  readonly releaseId: string
  readonly kind: 'fetch' | 'activate'
  /** A fetch that is to mend the tree of a release that is held already. */
  readonly isRepair?: boolean
  /** 0 for a fetch. */
  readonly batch: number
  readonly receivedAtMs: number
  /** Everything that was reported, in order. The attempt has ended when the last one is final. */
  readonly reports: readonly PhaseReport[]
}

/** The report the attempt ended with; undefined while it goes on. */
export function finalReport(attempt: Attempt): PhaseReport | undefined {
  const last = attempt.reports.at(-1)
  return last?.final ? last : undefined
}

/** Whether a phase was started before and not ended: an agent was killed in it. */
export function wasCutOffIn(attempt: Attempt, phase: Phase): boolean {
  const last = attempt.reports.at(-1)
  return last?.phase === phase && last.state === PhaseState.PHASE_STATE_STARTED
}

export function hasSucceeded(attempt: Attempt, phase: Phase): boolean {
  return attempt.reports.some((report) => report.phase === phase && report.state === PhaseState.PHASE_STATE_SUCCEEDED)
}

/**
 * What an attempt is to fail by that was cut off while its drain was taken back, and the phase it failed in; undefined for
 * any other. Such an attempt does not go on: the host may serve again.
 */
export function failingBy({ reports }: Attempt): { cause: RookeryError; phase: Phase } | undefined {
  const { PHASE_UNDRAIN } = Phase
  const index = reports.findIndex(({ phase, errorCode }) => phase === PHASE_UNDRAIN && errorCode !== '')
  const start = reports[index]
  if (start?.state !== PhaseState.PHASE_STATE_STARTED) return undefined
  const cause = new RookeryError(start.errorCode as ErrorCode, start.errorMessage)
  return { cause, phase: reports[index - 1]?.phase ?? Phase.PHASE_ACTIVATE }
}
