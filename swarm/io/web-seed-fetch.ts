import type { EngineInput } from '../engine/contract.ts'
import type { PieceIndex } from '../identifiers.ts'
import { type WebSeed, WebSeedFailure } from '../web-seed/web-seed.ts'

/** Gets one piece from the web seed and tells the engine what came, and how it ended. Never rejects. */
export async function fetchPiece(
  webSeed: WebSeed,
  piece: PieceIndex,
  tell: (input: EngineInput) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await webSeed.fetch(piece, (offset, data) => tell({ type: 'webSeedBlock', piece, offset, data }), signal)
    tell({ type: 'webSeedEnded', piece, isComplete: true, retryAfterMs: 0 })
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof WebSeedFailure)) throw error
    tell({ type: 'webSeedEnded', piece, isComplete: false, retryAfterMs: error.retryAfterMs })
  }
}
