import type { HookName } from '../../proto/release-manifest.ts'
import type { Phase } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { AppRuntime } from '../app/app-runtime.ts'
import { runHook } from '../hooks/hook-runner.ts'
import type { HostLimits } from '../limits/host-limits.ts'
import type { LogShipper } from '../logs/log-shipper.ts'
import { type SystemUser, systemUser } from '../process/system-user.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import { type Attempt, wasCutOffIn } from './attempt.ts'
import type { PhaseReporter } from './phase-reporter.ts'

export interface HookDependencies {
  readonly runtime: AppRuntime
  readonly logs: LogShipper
  readonly clock: Clock
  readonly reporter: PhaseReporter
  readonly limits: HostLimits
  /** The host's variables, those of the user, and the `ROOKERY_…` ones. */
  readonly environment: (user: SystemUser | undefined) => Readonly<Record<string, string>>
}

/**
 * Runs a hook of an activation in the phase that is under way; does nothing when `owner`, most often the release that is
 * activated, has none of that name.
 * @throws {RookeryError} HOOK_FAILED, HOOK_TIMEOUT, NOT_ALLOWED_HERE; the signal's reason when aborted.
 */
export async function runAttemptHook(
  name: HookName,
  phase: Phase,
  owner: StoredRelease,
  attempt: Attempt,
  signal: AbortSignal,
  dependencies: HookDependencies,
): Promise<void> {
  const { manifest, layout } = owner
  const hook = manifest.deploy.hooks[name]
  if (!hook) return
  const { runtime, reporter, limits } = dependencies
  const { attemptId, rolloutId, app, releaseId } = attempt
  const { processId } = runtime
  const user = await systemUser(manifest.deploy.user)
  const environment = {
    ...dependencies.environment(user),
    ...(processId === undefined ? {} : { ROOKERY_APP_PID: String(processId) }),
  }
  await runHook(
    {
      ...{ name, hook, environment, user, attemptId, signal },
      checkUrl: (url) => limits.checkUrl(name, url),
      directory: layout.releaseDirectory(manifest.releaseId),
      repeated: wasCutOffIn(attempt, phase),
      context: { rolloutId, app, releaseId },
      onExit: (code) => reporter.exited(code),
    },
    dependencies,
  )
}
