import type { Verdict } from '../../proto/http/immune.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { isBaking } from './advance.ts'
import { LookPace } from './look-pace.ts'
import type { RolloutState } from './state.ts'

interface Dependencies {
  readonly state: () => RolloutState
  /** Judges what is known by now. */
  readonly judge: (state: RolloutState) => Promise<Verdict | null>
  /** The step need not be watched to its end. */
  readonly onBad: (batch: number, verdict: Verdict) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly clock: Clock
}

/** Counters arrive every ten seconds, but not those of all hosts at the same moment. */
const lookMs = 2_000

/** Looks at a step while it bakes, so that a bad one is not watched to the end of its time. */
export class BakeLooks {
  readonly #dependencies: Dependencies
  readonly #pace: LookPace
  #timer: Timer | undefined
  #isLooking = false
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    this.#pace = new LookPace(lookMs, dependencies.clock)
  }

  /** The rollout's state has changed. */
  update(): void {
    if (!isBaking(this.#dependencies.state()) || this.#isStopped) this.#cancel()
    else if (!this.#isLooking)
      this.#timer ??= this.#dependencies.clock.after(this.#pace.delayMs, () => void this.#look())
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    this.#timer = undefined
    this.#isLooking = true
    await this.#pace.look(() => this.#judge()).catch(this.#dependencies.onError)
    this.#isLooking = false
    this.update()
  }

  async #judge(): Promise<void> {
    const { state, judge, onBad } = this.#dependencies
    const current = state()
    const verdict = await judge(current)
    if (!this.#isStopped && verdict !== null && verdict.action !== 'goOn') await onBad(current.batch, verdict)
  }
}
