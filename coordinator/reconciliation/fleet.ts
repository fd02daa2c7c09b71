import type { FileCheck } from '../../proto/http/fleet.ts'
import type { RolloutState } from '../rollout/state.ts'
import type { KnownHost } from '../session/host-registry.ts'

/** Free and total bytes of the disk that holds an agent's data. */
export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface FleetHost extends KnownHost {
  /** How far its clock is before ours, in ms. */
  readonly clockAheadMs: number
  /** Null while its agent has not told. */
  readonly disk: DiskSpace | null
  /** Null when nobody can tell. */
  readonly inInventory: boolean | null
}

export interface FleetApp {
  readonly name: string
  /** What the host should run: what its pools do, unless a deploy named it. Null for none of the app. */
  readonly ofHost: (host: KnownHost) => string | null
  readonly ofPool: (pool: string) => string | null
  /** Why a release must not go live any more. */
  readonly refusal: (releaseId: string) => string | undefined
  /** How its last rollout ended that decided what pools run. */
  readonly last: RolloutState | undefined
  /** Hosts of rollouts that are under way: what they run is about to change. */
  readonly moving: ReadonlySet<string>
}

/** Desired and observed, as they are known at one moment. */
export interface Fleet {
  readonly atMs: number
  /** The coordinator's own. */
  readonly version: string
  readonly hosts: readonly FleetHost[]
  /** Hosts that a source names and whose agents never came. */
  readonly missing: readonly string[]
  readonly apps: readonly FleetApp[]
  /** The last answer of each host and app. */
  readonly fileChecks: readonly FileCheck[]
}

/** From when on something is a difference. */
export interface DifferenceRules {
  readonly maxClockSkewMs: number
  readonly minDiskFreePercent: number
  /** An agent that is away for a shorter time may just be starting anew. */
  readonly awayGraceMs: number
}
