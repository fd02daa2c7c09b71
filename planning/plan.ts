import type { OrderName } from './policy.ts'

/** A host as planning sees it. */
export interface FleetHost {
  readonly name: string
  /** The first is the one it is counted in where a host counts once. */
  readonly pools: readonly string[]
  /** Label `zone`; null when it has none. */
  readonly zone: string | null
  readonly liveReleaseId: string | null
  /** Its app proved ready. */
  readonly ready: boolean
  /** Why it cannot take part now, e.g. `is drained`; null when it can. */
  readonly excluded: string | null
}

/** Hosts that move before a gate: the next step begins when all of them are ready, failed or gone. */
export interface PlannedStep {
  /** `canary`, or the share that is reached with it, e.g. `25%`. */
  readonly name: string
  /** Hosts activated together, in order; what a batch holds stays within every pool's limit and `maxParallel`. */
  readonly batches: readonly (readonly string[])[]
  readonly bakeMs: number
  /** The next step waits for an operator. */
  readonly waitsForPromote: boolean
}

export interface PlacedHost {
  readonly host: string
  readonly pools: readonly string[]
  readonly zone: string | null
  /** Index of its batch over all steps, `unchanged` when the release is live there already, or why it is left out. */
  readonly place: { readonly batch: number } | 'unchanged' | { readonly skipped: string }
  /** A sentence: why it stands where it does. */
  readonly why: string
}

export interface FleetPlan {
  readonly order: OrderName
  readonly seed: number
  readonly steps: readonly PlannedStep[]
  /** Most hosts of each pool that may be out of service at once. */
  readonly limits: Readonly<Record<string, number>>
  readonly maxParallel: number | null
  /** How long every batch is watched before the next one moves; 0 when none is. */
  readonly bakePerBatchMs: number
  /** Those that move come first, in their order; then those that stay, as they were given. */
  readonly hosts: readonly PlacedHost[]
}
