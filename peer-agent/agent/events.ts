import type { SwarmLimits } from '../../proto/http/api.ts'
import type { SignedRevocation } from '../../proto/release-revocation.ts'
import type { Command, DesiredRelease } from '../../proto/session.ts'
import type { PhaseNote } from '../attempts/phase-reporter.ts'

/** Everything that changes the agent's state. Applied one at a time, in the order of arrival; nothing else changes it. */
export type AgentEvent =
  /** Occurs when the coordinator wants a release held; again after every reconnect while it does. */
  | { readonly type: 'desired'; readonly message: DesiredRelease }
  /** Occurs when the coordinator orders an activation or a cancellation. */
  | { readonly type: 'commanded'; readonly message: Command }
  /** Occurs when the coordinator says what it caps; with every session. */
  | { readonly type: 'limitsOrdered'; readonly limits: SwarmLimits }
  /** Occurs when the coordinator says what this zone fetches; with every session, and when it changes. */
  | { readonly type: 'seedingWanted'; readonly releaseIds: readonly string[] }
  /** Occurs when the coordinator says what is revoked; with every session, before anything else, and when there is more. */
  | { readonly type: 'revoked'; readonly told: readonly SignedRevocation[] }
  /** Occurs when a phase of a running attempt starts or ends. */
  | { readonly type: 'phaseNoted'; readonly attemptId: string; readonly note: PhaseNote }
  /** Occurs when a release's tree got its final name. */
  | { readonly type: 'held'; readonly app: string; readonly releaseId: string }
  /** Occurs when `current` was pointed to a release. */
  | { readonly type: 'swapped'; readonly attemptId: string }
  /** Occurs when a `drain` is about to run. */
  | { readonly type: 'drained'; readonly attemptId: string }
  /** Occurs when an activation that ended before the swap has brought the host back to traffic. */
  | { readonly type: 'undrained'; readonly attemptId: string }
  /** Occurs when an activated release has passed its last phase, just before that is reported. */
  | { readonly type: 'proven'; readonly attemptId: string }
  /** Occurs when a live release stops or starts being ready by itself. */
  | {
      readonly type: 'readinessChanged'
      readonly app: string
      readonly releaseId: string
      readonly ready: boolean
      readonly detail: string
    }
  /** Occurs when an attempt's task has returned, after its final report. */
  | { readonly type: 'taskEnded'; readonly attemptId: string }
