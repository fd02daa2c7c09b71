import type { RolloutPhase } from '../../proto/http/api.ts'

/** Hosts of a pool as a count, or as a share of it such as `"25%"`. */
export type CountOrShare = number | string

/** The `rollout` part of a rookery.yml. */
export interface RolloutPolicy {
  readonly maxUnavailable: CountOrShare
  readonly pools: Readonly<Record<string, { readonly maxUnavailable?: CountOrShare }>>
  /** Hosts that may fail before the rollout halts. */
  readonly failureBudget: number
  /** A host that has not fetched the artifact after this time has failed. */
  readonly distributeDeadlineMs: number
}

export interface Failure {
  readonly code: string
  readonly message: string
  /** Phase the host was in, e.g. `readiness`. */
  readonly phase: string | null
}

export interface FetchTotals {
  readonly fromPeers: number
  readonly fromSeeder: number
  readonly fromWebSeed: number
  readonly reused: number
  readonly wasted: number
  readonly uploaded: number
}

/** When a host fetched, in epoch ms of the coordinator's clock, and what held it up. */
export interface FetchTiming {
  readonly askedAtMs: number
  readonly startedAtMs: number
  readonly firstByteAtMs: number
  /** All of it was verified and on the disk. */
  readonly finishedAtMs: number
  readonly bytesTotal: number
  readonly piecesTotal: number
  readonly mostPeers: number
  readonly diskWaitMs: number
  readonly longestStallMs: number
}

/** Where one host stands in a rollout: data exists only in the states that have it. */
export type HostStatus =
  | { readonly is: 'fetching'; readonly attemptId: string; readonly sinceMs: number }
  | { readonly is: 'fetched' }
  | { readonly is: 'activating'; readonly attemptId: string; readonly sinceMs: number; readonly cancelling: boolean }
  | { readonly is: 'ready' }
  | { readonly is: 'unchanged' }
  | { readonly is: 'skipped'; readonly why: string }
  | { readonly is: 'failed'; readonly failure: Failure; readonly attemptId: string; readonly duringActivation: boolean }
  | { readonly is: 'cancelled' }

export interface HostProgress {
  readonly host: string
  readonly pools: readonly string[]
  /** Index into the plan's batches; null for hosts that need no activation. */
  readonly batch: number | null
  readonly status: HostStatus
  readonly totals: FetchTotals | null
  /** Null until it has fetched, and when it had nothing to fetch. */
  readonly timing: FetchTiming | null
  readonly fetchMs: number | null
  readonly activateMs: number | null
}

/** What was decided before the first host moved, kept in the event log so that a replay needs no planner. */
export interface RolloutPlan {
  readonly batches: readonly (readonly string[])[]
  /** Most hosts of each pool that may be out of service at once. */
  readonly limits: Readonly<Record<string, number>>
  readonly failureBudget: number
  readonly distributeDeadlineMs: number
  /** Longest an activation may take by the release's own deadlines, with some slack. */
  readonly activateDeadlineMs: number
  /** How long a batch that is ready is watched before the next one moves. */
  readonly bakeMs: number
  /** What was live before, where that was one release for all pools; what a rollback goes to. */
  readonly previousReleaseId: string | null
  /** The same by pool, of the pools that had one. */
  readonly previousReleaseIds: Readonly<Record<string, string>>
}

export interface RolloutState {
  readonly id: string
  readonly app: string
  readonly revision: string | null
  readonly releaseId: string | null
  readonly rebuild: boolean
  readonly rollbackOf: string | null
  /** Pools asked for; empty for all. */
  readonly pools: readonly string[]
  readonly phase: RolloutPhase
  /** The phase a pause interrupted. */
  readonly pausedPhase: RolloutPhase | null
  readonly reason: string | null
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly plan: RolloutPlan | null
  /** Index of the batch that moves now; -1 before the first. */
  readonly batch: number
  /** Epoch ms until which the batch that became ready is watched; null when none is. */
  readonly bakingUntilMs: number | null
  readonly hosts: Readonly<Record<string, HostProgress>>
}

const endPhases: ReadonlySet<RolloutPhase> = new Set(['done', 'halted', 'aborted'])

export function hasEnded(state: RolloutState): boolean {
  return endPhases.has(state.phase)
}

/** It has ended and no host is still on its way to a known state: the app's next rollout may start. */
export function isSettled(state: RolloutState): boolean {
  return hasEnded(state) && !Object.values(state.hosts).some((host) => host.status.is === 'activating')
}
