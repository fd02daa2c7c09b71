/** What the next announce depends on. */
export interface AnnounceState {
  /** What the tracker asks for, in ms; undefined until it has answered. */
  readonly intervalMs: number | undefined
  /** Announces in a row that no tracker answered. */
  readonly failures: number
  readonly peers: number
  readonly isComplete: boolean
}

interface AnnounceDelay {
  readonly delayMs: number
  readonly reason: 'interval' | 'starving' | 'tracker away'
}

/** Without an answer there is no interval; a tracker of a fleet answers soon. */
const defaultIntervalMs = 60_000
/** With fewer peers than this a fetch may be missing those that came meanwhile. */
const starvingPeers = 2
const starvingMs = 3_000
const retryMs = 1_000
const maxRetryMs = 30_000

/** When to announce again: as the tracker asks, but sooner while a fetch has hardly any peers or no tracker answers. */
export function nextAnnounce(state: AnnounceState): AnnounceDelay {
  if (state.failures > 0)
    return { delayMs: Math.min(maxRetryMs, retryMs * 2 ** Math.min(state.failures - 1, 10)), reason: 'tracker away' }
  const intervalMs = state.intervalMs ?? defaultIntervalMs
  if (!state.isComplete && state.peers < starvingPeers)
    return { delayMs: Math.min(intervalMs, starvingMs), reason: 'starving' }
  return { delayMs: intervalMs, reason: 'interval' }
}
