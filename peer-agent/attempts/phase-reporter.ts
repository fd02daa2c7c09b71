import { type FetchTiming, type FetchTotals, Phase, PhaseState } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { toRookeryError } from '../../runtime/errors.ts'

/** What happened in an attempt, before it is a message. */
export interface PhaseNote {
  readonly phase: Phase
  readonly state: PhaseState
  readonly final: boolean
  readonly durationMs: number
  readonly errorCode: string
  readonly errorMessage: string
  readonly fetchTotals: FetchTotals | null
  readonly fetchTiming: FetchTiming | null
}

/** What became of a fetch. */
export interface FetchOutcome {
  readonly fetchTotals: FetchTotals
  /** Null when there was nothing to fetch. */
  readonly fetchTiming: FetchTiming | null
}

/** Ends a task because the agent stops: the attempt stays unfinished and goes on with the next agent. */
export class AgentStopping extends Error {
  constructor() {
    super('the agent stops')
  }
}

interface RunOptions {
  /** The attempt ends with this phase. */
  readonly final?: boolean
  /** Asked for when the phase has succeeded. */
  readonly outcome?: () => FetchOutcome
}

/** Tells of each phase of one attempt when it starts and how it ends; a note is stored and sent before the next is made. */
export class PhaseReporter {
  readonly #note: (note: PhaseNote) => Promise<void>
  readonly #clock: Clock
  /** The phase that is under way or was last. */
  #phase: Phase = Phase.PHASE_UNSPECIFIED
  #startedMs: number

  constructor(note: (note: PhaseNote) => Promise<void>, clock: Clock) {
    this.#note = note
    this.#clock = clock
    this.#startedMs = clock.monotonicMs()
  }

  /** Runs one phase; what it throws is the caller's, who ends the attempt with `failed`. */
  async run(phase: Phase, task: () => Promise<void>, { final = false, outcome }: RunOptions = {}): Promise<void> {
    this.#phase = phase
    this.#startedMs = this.#clock.monotonicMs()
    await this.#note(this.#draft(PhaseState.PHASE_STATE_STARTED))
    await task()
    await this.#note({ ...this.#draft(PhaseState.PHASE_STATE_SUCCEEDED), final, ...outcome?.() })
  }

  /** Ends the attempt; `fallback` is the phase it was about to begin when it had begun none. */
  async failed(thrown: unknown, fallback: Phase): Promise<void> {
    const { code, message } = toRookeryError(thrown)
    if (this.#phase === Phase.PHASE_UNSPECIFIED) this.#phase = fallback
    const draft = this.#draft(PhaseState.PHASE_STATE_FAILED)
    await this.#note({ ...draft, final: true, errorCode: code, errorMessage: message })
  }

  #draft(state: PhaseState): PhaseNote {
    const durationMs = Math.round(this.#clock.monotonicMs() - this.#startedMs)
    const common = { final: false, errorCode: '', errorMessage: '', fetchTotals: null, fetchTiming: null }
    return { ...common, phase: this.#phase, state, durationMs }
  }
}
