/** What the agent remembers of an app beyond its releases. */
export interface AppState {
  /** `current` of this release's deploy path counts; null before the first activation. */
  readonly liveReleaseId: string | null
  /** What was live before that one, whether it was any good or not. */
  readonly previousReleaseId: string | null
  /** The last two releases that passed an activation here, newest first. */
  readonly provenReleaseIds: readonly string[]
  /** The release whose `drain` took this host out of traffic; null when none did, or it was brought back since. */
  readonly drainedBy: string | null
  readonly ready: boolean
  /** Whether the live release passed all phases of an activation since it went live. */
  readonly proven: boolean
  /** The rollout that made it live; its logs are filed under it. */
  readonly rolloutId: string
}

export const noApp: AppState = {
  ...{ liveReleaseId: null, previousReleaseId: null, provenReleaseIds: [], drainedBy: null },
  ...{ ready: false, proven: false, rolloutId: '' },
}

/** Reads a stored state. Older agents noted only what was live before: that may be what a rollback goes to. */
export function parseAppState(text: string): AppState {
  const stored = JSON.parse(text) as Partial<AppState>
  const { liveReleaseId = null, previousReleaseId = null, proven } = stored
  const known = [proven ? liveReleaseId : null, previousReleaseId].filter((id) => id !== null)
  return { ...noApp, provenReleaseIds: known, ...stored }
}

/** `current` points to the release now. One that is activated over itself stays the successor of the one before it. */
export function swappedTo(state: AppState, releaseId: string, rolloutId: string): AppState {
  const previousReleaseId = previousTo(state, releaseId)
  return { ...state, liveReleaseId: releaseId, previousReleaseId, ready: false, proven: false, rolloutId }
}

/** The live release has passed all its phases, the host's return to traffic among them. */
export function provenReady(state: AppState): AppState {
  const { liveReleaseId, provenReleaseIds } = state
  const others = provenReleaseIds.filter((id) => id !== liveReleaseId)
  const newest = liveReleaseId === null ? others : [liveReleaseId, ...others]
  return { ...state, ready: true, proven: true, drainedBy: null, provenReleaseIds: newest.slice(0, 2) }
}

/** What is, or was, live before the swap to this release: the same before the swap, after it, and in a retry. */
export function previousTo({ liveReleaseId, previousReleaseId }: AppState, releaseId: string): string | null {
  return liveReleaseId === releaseId ? previousReleaseId : liveReleaseId
}

/** The release that was live and proven before the live one; null when there was none. */
export function rollbackReleaseId({ liveReleaseId, provenReleaseIds }: AppState): string | null {
  return provenReleaseIds.find((id) => id !== liveReleaseId) ?? null
}
