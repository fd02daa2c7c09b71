import type { PeerId } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import type { ConnectionId, EngineCounters, EngineOutput } from './contract.ts'
import type { Geometry } from './geometry.ts'
import type { EngineLimits } from './limits.ts'
import type { PieceTable } from './piece-table.ts'
import type { Timers } from './timers.ts'

/** What the parts of one engine share. */
export interface EngineCore {
  readonly geometry: Geometry
  readonly limits: EngineLimits
  /** Where we are; undefined when nobody said. */
  readonly zone: string | undefined
  readonly rack: string | undefined
  readonly pieces: PieceTable
  readonly connections: Map<ConnectionId, Connection>
  readonly timers: Timers
  /** When the last block was taken, or the fetch began; undefined before anything happened. */
  lastBlockMs: number | undefined
  readonly counters: EngineCounters
  emit(output: EngineOutput): void
  /** Ends a connection for a reason that is logged; its requests and its queue are cleaned up at once. */
  drop(connection: Connection, reason: string, nowMs: number): void
  /** Keeps a peer out of this torrent. */
  ban(peerId: PeerId, reason: string, nowMs: number): void
}
