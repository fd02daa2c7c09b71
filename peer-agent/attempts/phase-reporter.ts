import { type FetchTiming, type FetchTotals, Phase, PhaseState } from '../../proto/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type RookeryError, toRookeryError } from '../../runtime/errors.ts'

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
  /** Of the phase's hook command; 0 when `hasExitCode` is false. */
  readonly exitCode: number
  readonly hasExitCode: boolean
}

/** What became of a fetch. */
export interface FetchOutcome {
  readonly fetchTotals: FetchTotals
  /** Null when there was nothing to fetch. */
  readonly fetchTiming: FetchTiming | null
}

/** Nothing in particular, of no phase. */
const blank: Omit<PhaseNote, 'phase' | 'state'> = {
  ...{ final: false, durationMs: 0, errorCode: '', errorMessage: '' },
  ...{ fetchTotals: null, fetchTiming: null, exitCode: 0, hasExitCode: false },
}

/** The only word on an attempt that is not begun. */
export function refusal(phase: Phase, thrown: unknown): PhaseNote {
  const { code, message } = toRookeryError(thrown)
  const state = PhaseState.PHASE_STATE_FAILED
  return { ...blank, phase, state, final: true, errorCode: code, errorMessage: message }
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
  /** What ends the attempt, told with the start of a phase that only tidies up after it. */
  readonly cause?: RookeryError
}

/** Tells of each phase of one attempt when it starts and how it ends; a note is stored and sent before the next is made. */
export class PhaseReporter {
  readonly #note: (note: PhaseNote) => Promise<void>
  readonly #clock: Clock
  /** The phase that is under way or was last. */
  #phase: Phase = Phase.PHASE_UNSPECIFIED
  #startedMs: number
  #exitCode: number | undefined

  constructor(note: (note: PhaseNote) => Promise<void>, clock: Clock) {
    this.#note = note
    this.#clock = clock
    this.#startedMs = clock.monotonicMs()
  }

  /** Runs one phase; what it throws is the caller's, who tells a `failure` of it. */
  async run(phase: Phase, task: () => Promise<void>, options: RunOptions = {}): Promise<void> {
    const { final = false, outcome, cause } = options
    this.#phase = phase
    this.#startedMs = this.#clock.monotonicMs()
    this.#exitCode = undefined
    const because = cause && { errorCode: cause.code, errorMessage: cause.message }
    await this.#note({ ...this.#draft(PhaseState.PHASE_STATE_STARTED), ...because })
    await task()
    await this.#note({ ...this.#draft(PhaseState.PHASE_STATE_SUCCEEDED), final, ...outcome?.() })
  }

  /** The hook command of the phase that is under way has exited so. */
  exited(code: number): void {
    this.#exitCode = code
  }

  /** The end of the phase that is under way, as of now; `fallback` is the phase the attempt was in when none was begun here. */
  failure(thrown: unknown, fallback: Phase): PhaseNote {
    const { code, message } = toRookeryError(thrown)
    if (this.#phase === Phase.PHASE_UNSPECIFIED) this.#phase = fallback
    return { ...this.#draft(PhaseState.PHASE_STATE_FAILED), errorCode: code, errorMessage: message }
  }

  async tell(note: PhaseNote): Promise<void> {
    await this.#note(note)
  }

  #draft(state: PhaseState): PhaseNote {
    const durationMs = Math.round(this.#clock.monotonicMs() - this.#startedMs)
    const exit = { exitCode: this.#exitCode ?? 0, hasExitCode: this.#exitCode !== undefined }
    return { ...blank, ...exit, phase: this.#phase, state, durationMs }
  }
}
