import type { PlacedHost } from '../../planning/plan.ts'
import type { Verdict } from '../../proto/http/immune.ts'
import type { Failure, FetchTiming, FetchTotals, RolloutOrder, RolloutPlan } from './state.ts'

/** What has happened to a rollout, in the order it is stored; the state is nothing but these, replayed. */
export type RolloutEvent = { readonly atMs: number } & (
  | /** Occurs when a user asks for a rollout, or a rule does. */ ({
      readonly type: 'requested'
    } & RolloutOrder)
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
      readonly hosts: readonly PlacedHost[]
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
  | /** Occurs when most hosts hold the release and the rest is far slower. */ { readonly type: 'stragglersPassed' }
  | /** Occurs when capacity allows these hosts, of those that wait, to leave service. */ {
      readonly type: 'granted'
      readonly hosts: readonly string[]
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
  | /** Occurs when a host went away on purpose: it said so, left the inventory, or was terminated. */ {
      readonly type: 'hostLeft'
      readonly host: string
      readonly why: string
    }
  | /** Occurs when no host has become ready for too long. */ { readonly type: 'stalled' }
  | /** Occurs when the step that ends with this batch was watched for its bake time, or turned bad before; `fault` says how. */ {
      readonly type: 'baked'
      readonly batch: number
      readonly fault: string | null
      /** Missing in events of older versions, and where there was nothing to judge by. */
      readonly verdict?: Verdict | null
    }
  | /** Occurs when a rollout that is done was watched to the end, turned bad, or another one made its watch pointless. */ {
      readonly type: 'watched'
      readonly verdict: Verdict | null
    }
  | /** Occurs when its release is revoked, or a newer one of the app. */ {
      readonly type: 'releaseRevoked'
      readonly reason: string
    }
  | /** Occurs when a user asks for it. */ { readonly type: 'paused'; readonly reason: string }
  | /** Occurs when a user asks for it. */ { readonly type: 'resumed' }
  | /** Occurs when a user lets the next step begin. */ { readonly type: 'promoted' }
  | /** Occurs when a user wants failed hosts to be tried again. */ {
      readonly type: 'retried'
      readonly hosts: readonly string[]
    }
  | /** Occurs when a user asks for it. */ { readonly type: 'aborted'; readonly reason: string }
)

/** What must be done because of an event. Every command may be given again: its doer answers a repeat with the earlier result. */
export type RolloutCommand =
  | { readonly type: 'build' }
  | { readonly type: 'plan' }
  /** Hosts wait to be activated: as many as capacity allows are to be granted, now and whenever that changes. */
  | { readonly type: 'reserve' }
  | { readonly type: 'fetch'; readonly host: string; readonly attemptId: string }
  | { readonly type: 'activate'; readonly host: string; readonly attemptId: string; readonly batch: number }
  | { readonly type: 'cancel'; readonly host: string; readonly attemptId: string }
