import type { PieceIndex } from '../identifiers.ts'
import type { Connection } from './connection.ts'
import { nobody, type PieceProgress } from './piece-progress.ts'
import type { PieceTable } from './piece-table.ts'

/** What to ask a peer for next, and why it was chosen. */
export type PieceChoice =
  /** The piece this connection began: finish it. */
  | { readonly reason: 'own'; readonly progress: PieceProgress }
  /** A piece whose owner went away or is too slow: take it over. */
  | { readonly reason: 'orphan'; readonly progress: PieceProgress }
  /** The rarest piece nobody began. */
  | { readonly reason: 'rarest'; readonly piece: PieceIndex }
  /** Nothing can be begun: help with another connection's piece. */
  | { readonly reason: 'join'; readonly progress: PieceProgress }
  /** All that is missing is in flight: ask a second peer too. */
  | { readonly reason: 'endgame'; readonly progress: PieceProgress; readonly block: number }

/** Decides what a peer is asked for. Undefined when it has nothing that we need and may ask for now. */
export type PiecePicker = (context: PickContext, connection: Connection) => PieceChoice | undefined

interface PickContext {
  readonly pieces: PieceTable
  /** Pieces in memory at once. */
  readonly maxInMemory: number
  readonly maxDuplicates: number
  readonly keyOf: (piece: PieceIndex, block: number) => number
}

/**
 * Whole pieces from one peer each, the rarest first. A begun piece is finished before another is begun, since only
 * a finished piece can be passed on; and from one peer alone where possible, since then a bad piece has one culprit.
 */
export const rarestFirst: PiecePicker = (context, connection) =>
  ownPiece(connection) ?? orphan(context, connection) ?? rarest(context, connection) ?? help(context, connection)

function ownPiece(connection: Connection): PieceChoice | undefined {
  for (const progress of connection.owned) if (progress.hasFreeBlock) return { reason: 'own', progress }
  return undefined
}

function orphan({ pieces }: PickContext, connection: Connection): PieceChoice | undefined {
  for (const progress of pieces.started.values()) {
    if (progress.owner === nobody && progress.hasFreeBlock && connection.has.has(progress.piece))
      return { reason: 'orphan', progress }
  }
  return undefined
}

function rarest({ pieces, maxInMemory }: PickContext, connection: Connection): PieceChoice | undefined {
  if (pieces.inMemoryCount >= maxInMemory) return undefined
  // A silent peer may answer its probe, but must not tie up a piece.
  if (connection.downlink.state === 'snubbed') return undefined
  const piece = pieces.order.first((candidate) => connection.has.has(candidate))
  return piece === undefined ? undefined : { reason: 'rarest', piece }
}

function help(context: PickContext, connection: Connection): PieceChoice | undefined {
  const { pieces } = context
  let duplicate: PieceChoice | undefined
  for (const progress of pieces.started.values()) {
    if (progress.isExclusive || !connection.has.has(progress.piece)) continue
    if (progress.hasFreeBlock) return { reason: 'join', progress }
    // Endgame only when nothing is left to begin: before that, a duplicate takes a place that new bytes could have.
    if (pieces.order.size === 0) duplicate ??= duplicateOf(context, connection, progress)
  }
  return duplicate
}

function duplicateOf(context: PickContext, connection: Connection, progress: PieceProgress): PieceChoice | undefined {
  for (let block = 0; block < progress.blockCount; block++) {
    if (progress.isReceived(block) || progress.requestsOf(block) >= context.maxDuplicates) continue
    if (connection.requests.has(context.keyOf(progress.piece, block))) continue
    return { reason: 'endgame', progress, block }
  }
  return undefined
}
