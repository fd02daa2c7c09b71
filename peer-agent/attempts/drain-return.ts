import { Phase } from '../../proto/session.ts'
import type { RookeryError } from '../../runtime/errors.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import type { Attempt } from './attempt.ts'
import { type HookDependencies, runAttemptHook } from './attempt-hook.ts'

interface Dependencies extends HookDependencies {
  /** Refuses to run a hook of the owner that is not to be trusted any more. */
  readonly requireRunnable: () => Promise<void>
  readonly onUndrained: () => Promise<void>
}

/**
 * Brings a host back to traffic whose old release still lives, since the activation ended before the swap. It is tried
 * once; a failure is reported and leaves the host drained until the next activation.
 * @param owner the release whose `undrain` is run.
 * @returns false when the agent stopped in it: the next one has to do it again.
 */
export async function takeDrainBack(
  attempt: Attempt,
  owner: StoredRelease,
  cause: RookeryError,
  signal: AbortSignal,
  dependencies: Dependencies,
): Promise<boolean> {
  const { reporter, requireRunnable, onUndrained } = dependencies
  const phase = Phase.PHASE_UNDRAIN
  const undrain = async () => {
    signal.throwIfAborted()
    await requireRunnable()
    await runAttemptHook('undrain', phase, owner, attempt, signal, dependencies)
    await onUndrained()
  }
  try {
    await reporter.run(phase, undrain, { cause })
  } catch (error) {
    if (signal.aborted) return false
    await reporter.tell(reporter.failure(error, phase))
  }
  return true
}
