import type { HookName } from '../../proto/release-manifest.ts'
import { Phase } from '../../proto/session.ts'
import type { LiveRelease } from '../app/app-runtime.ts'
import type { Counters } from '../counters/counters.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import { type Attempt, hasSucceeded } from './attempt.ts'
import { type HookDependencies, runAttemptHook } from './attempt-hook.ts'

interface Dependencies extends HookDependencies {
  readonly counters: Counters
  readonly live: LiveRelease
  /** The release whose `undrain` ends the activation: its own, or that of the one that left the host drained. */
  readonly undrainer: StoredRelease | undefined
  /** The host is about to leave traffic. */
  readonly onDrained: () => Promise<void>
  /** The last chance to refuse: from the swap on, the release is live. */
  readonly beforeSwap: () => Promise<void>
  /** `current` points to the new release from now on. */
  readonly onSwapped: () => Promise<void>
  /** The release is live and all its phases have passed. */
  readonly onProven: () => Promise<void>
  readonly onProbeAnswer: (detail: string) => void
}

interface Step {
  readonly phase: Phase
  readonly run: () => Promise<void>
}

/**
 * Makes a held release live: prepare → preActivate → drain → activate → restart → postActivate → readiness → undrain, of which
 * only those exist that the release asks for. Called again for an attempt that was cut off, it goes on with the phase it was
 * cut off in.
 *
 * Until `activate`, a failure leaves the old release live and its process untouched; after it, the new one is live, not ready,
 * and stays drained.
 */
export async function activateRelease(
  attempt: Attempt,
  release: StoredRelease,
  signal: AbortSignal,
  dependencies: Dependencies,
): Promise<void> {
  const { reporter, counters, clock } = dependencies
  const startedMs = clock.monotonicMs()
  const steps = new ActivationSteps(attempt, release, signal, dependencies).all()
  const left = steps.filter(({ phase }) => !hasSucceeded(attempt, phase))
  // Killed in a last phase that has nothing left to do (the old process is gone already): the one before ends the attempt.
  const todo = left.length > 0 ? left : steps.slice(-1)
  for (const [index, { phase, run }] of todo.entries()) {
    const final = index === todo.length - 1
    await reporter.run(
      phase,
      async () => {
        signal.throwIfAborted()
        await run()
        if (final) await dependencies.onProven()
      },
      { final },
    )
  }
  const subject = { app: attempt.app, releaseId: attempt.releaseId }
  counters.observe('activation_ms', clock.monotonicMs() - startedMs, subject)
}

class ActivationSteps {
  readonly #attempt: Attempt
  readonly #release: StoredRelease
  readonly #signal: AbortSignal
  readonly #dependencies: Dependencies

  constructor(attempt: Attempt, release: StoredRelease, signal: AbortSignal, dependencies: Dependencies) {
    this.#attempt = attempt
    this.#release = release
    this.#signal = signal
    this.#dependencies = dependencies
  }

  all(): Step[] {
    const { hooks, run, readiness } = this.#release.manifest.deploy
    const { runtime, undrainer, live } = this.#dependencies
    const steps: (Step | false)[] = [
      hooks.prepare !== undefined && this.#hookStep('prepare', Phase.PHASE_PREPARE),
      hooks.preActivate !== undefined && this.#hookStep('preActivate', Phase.PHASE_PRE_ACTIVATE),
      hooks.drain !== undefined && { phase: Phase.PHASE_DRAIN, run: () => this.#drain() },
      { phase: Phase.PHASE_ACTIVATE, run: () => this.#activate() },
      // A release without a process of its own still ends the one of the release before.
      (hooks.restart !== undefined || run !== undefined || runtime.processId !== undefined) && {
        phase: Phase.PHASE_RESTART,
        run: () => this.#restart(),
      },
      hooks.postActivate !== undefined && this.#hookStep('postActivate', Phase.PHASE_POST_ACTIVATE),
      (run !== undefined || readiness.probes.length > 0) && {
        phase: Phase.PHASE_READINESS,
        run: () => runtime.awaitReady(live, this.#signal, ({ detail }) => this.#dependencies.onProbeAnswer(detail)),
      },
      undrainer !== undefined && {
        phase: Phase.PHASE_UNDRAIN,
        run: () => this.#hook('undrain', Phase.PHASE_UNDRAIN, undrainer),
      },
    ]
    return steps.filter((step) => step !== false)
  }

  #hookStep(name: HookName, phase: Phase): Step {
    return { phase, run: () => this.#hook(name, phase) }
  }

  async #drain(): Promise<void> {
    await this.#dependencies.onDrained()
    await this.#hook('drain', Phase.PHASE_DRAIN)
  }

  async #activate(): Promise<void> {
    await this.#dependencies.beforeSwap()
    await this.#release.layout.swap(this.#attempt.releaseId)
    await this.#dependencies.onSwapped()
    await this.#hook('activate', Phase.PHASE_ACTIVATE)
  }

  async #restart(): Promise<void> {
    const { runtime, live } = this.#dependencies
    const { attemptId } = this.#attempt
    if (!this.#release.manifest.deploy.hooks.restart) return runtime.restart(live, attemptId)
    await runtime.restartByHook(live, attemptId, () => this.#hook('restart', Phase.PHASE_RESTART))
  }

  #hook(name: HookName, phase: Phase, owner = this.#release): Promise<void> {
    return runAttemptHook(name, phase, owner, this.#attempt, this.#signal, this.#dependencies)
  }
}
