import type { Failure, FetchTiming, FetchTotals, RolloutPlan } from './state.ts'

export interface PlannedHost {
  readonly host: string
  readonly pools: readonly string[]
  /** Index of its batch, `unchanged` when the release is live there already, or why it is left out. */
  readonly place: { readonly batch: number } | 'unchanged' | { readonly skipped: string }
}

/** What has happened to a rollout, in the order it is stored; the state is nothing but these, replayed. */
export type RolloutEvent = { readonly atMs: number } & (
  | /** Occurs when a user asks for a rollout. */ {
      readonly type: 'requested'
      readonly id: string
      readonly app: string
      readonly revision: string | null
      readonly releaseId: string | null
      readonly rebuild: boolean
      readonly rollbackOf: string | null
      readonly pools: readonly string[]
    }
  | /** Occurs when no earlier rollout of the app is in the way. */ { readonly type: 'started' }
  | /** Occurs when the build ended well, or an earlier build of the revision was found. */ {
      readonly type: 'releaseBuilt'
      readonly releaseId: string
    }
  | /** Occurs when a build step, packing or signing failed. */ {
      readonly type: 'buildFailed'
      readonly failure: Failure
    }
  | /** Occurs when tracker and seeder serve the artifact and the hosts were counted. */ {
      readonly type: 'planned'
      readonly plan: RolloutPlan
      readonly hosts: readonly PlannedHost[]
    }
  | /** Occurs when a host holds the release, verified and unpacked. */ {
      readonly type: 'fetched'
      readonly host: string
      readonly attemptId: string
      readonly totals: FetchTotals | null
      /** Missing in events of older versions. */
      readonly timing?: FetchTiming | null
      readonly durationMs: number
    }
  | /** Occurs when a host proved ready on the release. */ {
      readonly type: 'activated'
      readonly host: string
      readonly attemptId: string
      readonly durationMs: number
    }
  | /** Occurs when an agent gives an attempt up, or it took too long. */ {
      readonly type: 'attemptFailed'
      readonly host: string
      readonly attemptId: string
      readonly failure: Failure
    }
  | /** Occurs when an agent in flight was away for longer than the grace time. */ {
      readonly type: 'hostLost'
      readonly host: string
      readonly message: string
    }
  | /** Occurs when a batch was watched for its bake time; `fault` says which rule it broke. */ {
      readonly type: 'baked'
      readonly batch: number
      readonly fault: string | null
    }
  | /** Occurs when a user asks for it. */ { readonly type: 'paused'; readonly reason: string }
  | /** Occurs when a user asks for it. */ { readonly type: 'resumed' }
  | /** Occurs when a user asks for it. */ { readonly type: 'aborted'; readonly reason: string }
)

/** What must be done because of an event. Every command may be given again: its doer answers a repeat with the earlier result. */
export type RolloutCommand =
  | { readonly type: 'build' }
  | { readonly type: 'plan' }
  | { readonly type: 'fetch'; readonly host: string; readonly attemptId: string }
  | { readonly type: 'activate'; readonly host: string; readonly attemptId: string; readonly batch: number }
  | { readonly type: 'cancel'; readonly host: string; readonly attemptId: string }
