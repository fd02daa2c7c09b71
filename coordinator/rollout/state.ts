import type { OrderName, RolloutPolicy } from '../../planning/policy.ts'
import type { RolloutPhase } from '../../proto/http/api.ts'
import type { Verdict } from '../../proto/http/immune.ts'

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
  | /** It went away on purpose, which is no failure. */ { readonly is: 'left'; readonly why: string }

/** An attempt to activate that ended badly. */
export interface FailedActivation {
  readonly failure: Failure
  readonly attemptId: string
  /** It, or one before it, came so far that the host may be out of service. */
  readonly mayBeOut: boolean
}

export interface HostProgress {
  readonly host: string
  readonly pools: readonly string[]
  readonly zone: string | null
  /** Index into the plan's batches; null for hosts that need no activation. */
  readonly batch: number | null
  /** Why it stands where it does, for people. */
  readonly why: string
  readonly status: HostStatus
  /** Failures after which it was tried again. */
  readonly retries: number
  /** How its last activation failed; null when none did, or a later one ended well. */
  readonly broken: FailedActivation | null
  readonly totals: FetchTotals | null
  /** Null until it has fetched, and when it had nothing to fetch. */
  readonly timing: FetchTiming | null
  readonly fetchMs: number | null
  readonly activateMs: number | null
  /** When it left service for the release and when it was ready on it, in epoch ms; null until it is. */
  readonly moved: { readonly fromMs: number; readonly readyAtMs: number } | null
}

/** Batches before a gate: what follows begins when all their hosts are ready, failed or gone, and the bake is over. */
export interface PlanStep {
  readonly name: string
  /** Index of its last batch. */
  readonly lastBatch: number
  /** How long its hosts are watched at its end. */
  readonly bakeMs: number
  /** What follows waits for an operator. */
  readonly waitsForPromote: boolean
}

/** How many hosts may fail. */
export interface FailureBudget {
  readonly total: number
  readonly byPool: Readonly<Record<string, number>>
  readonly byZone: Readonly<Record<string, number>>
}

/** What was decided before the first host moved, kept in the event log so that a replay needs no planner. */
export interface RolloutPlan {
  readonly order: OrderName
  readonly seed: number
  readonly batches: readonly (readonly string[])[]
  readonly steps: readonly PlanStep[]
  /** Most hosts of each pool that may be out of service at once. */
  readonly limits: Readonly<Record<string, number>>
  readonly maxParallel: number | null
  readonly budget: FailureBudget
  readonly retries: number
  readonly onFailure: RolloutPolicy['onFailure']
  readonly distributeDeadlineMs: number
  /** Longest an activation may take by the release's own deadlines, with some slack. */
  readonly activateDeadlineMs: number
  /** Longest time without a host becoming ready. */
  readonly progressDeadlineMs: number
  /** How long its hosts are watched after its end. */
  readonly watchMs: number
  /** What was live before, where that was one release for all pools; what a rollback goes to. */
  readonly previousReleaseId: string | null
  /** The same by pool, of the pools that had one. */
  readonly previousReleaseIds: Readonly<Record<string, string>>
}

/** `converge` brings hosts that came later or were away to what their pools run; it needs no turn. */
export type RolloutKind = 'deploy' | 'rollback' | 'retry' | 'converge'

/** What was asked for. */
export interface RolloutOrder {
  readonly id: string
  readonly app: string
  readonly kind: RolloutKind
  readonly revision: string | null
  readonly releaseId: string | null
  readonly rebuild: boolean
  /** The rollout that this one takes back, or tries again. */
  readonly rollbackOf: string | null
  readonly retryOf: string | null
  /** Pools asked for; empty for all. */
  readonly pools: readonly string[]
  /** Hosts asked for, in the order of `list`; empty for all of the pools. */
  readonly hostNames: readonly string[]
  /** Over the policy's order. */
  readonly order: OrderName | null
  readonly seed: number
  /** Distribute only. */
  readonly prefetch: boolean
  readonly by: string | null
  readonly why: string | null
  /** Why holds and freezes do not count; null when they do. */
  readonly breakGlass: string | null
}

export interface RolloutState extends RolloutOrder {
  readonly phase: RolloutPhase
  /** The phase a pause interrupted. */
  readonly pausedPhase: RolloutPhase | null
  readonly reason: string | null
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly plan: RolloutPlan | null
  /** Hosts that are slow to fetch hold nobody up any more. */
  readonly isPastStragglers: boolean
  /** Index of the step whose hosts may move. */
  readonly step: number
  /** Index of the last batch that began to move; -1 before the first. */
  readonly batch: number
  /** Index of the last step that was watched; -1 before. */
  readonly bakedStep: number
  /** Epoch ms until which the hosts of the step are watched; null when none is. */
  readonly bakingUntilMs: number | null
  /** The step is over, and the next one waits for an operator. */
  readonly awaitsPromote: boolean
  /** When a host became ready last, or hosts could begin to. */
  readonly progressAtMs: number
  /** It ended badly, and what it moved is to go back. */
  readonly rollsBack: boolean
  /** What the immune system found, oldest first. */
  readonly verdicts: readonly Verdict[]
  /** It is done, and its hosts are watched until then, in epoch ms; null otherwise. */
  readonly watchUntilMs: number | null
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
