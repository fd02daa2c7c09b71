import type { Verdict } from '../../proto/http/immune.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { GroupedWork } from '../../runtime/grouped-work.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogWriter } from '../logs/log-writer.ts'
import { BakeLooks } from './bake-looks.ts'
import type { RolloutCommand, RolloutEvent } from './events.ts'
import { outstanding, reduce } from './reducer.ts'
import type { RolloutLog } from './rollout-log.ts'
import { RolloutTeller } from './rollout-teller.ts'
import { hasEnded, isSettled, type RolloutState } from './state.ts'
import { nextTimer, type RolloutTimer } from './timers.ts'

interface Dependencies {
  readonly log: RolloutLog
  readonly hub: EventHub
  readonly clock: Clock
  /** The rollout's own lines in its log, stream `coordinator`. */
  readonly writer: LogWriter
  /** Does a command; what comes of it returns as an event. Must not wait for the runner. */
  readonly execute: (runner: RolloutRunner, command: RolloutCommand) => void
  /** Judges the hosts that are watched; `isLast` at the end of the bake. */
  readonly judge: (state: RolloutState, isLast: boolean) => Promise<Verdict | null>
  /** How long agents may need to come back to a coordinator that was away. */
  readonly graceMs: number
  /** An event of our own could not be stored. */
  readonly onError: (error: unknown) => void
  /** Told after each stored change. */
  readonly changed: (runner: RolloutRunner, before: RolloutState) => Promise<void>
}

const lateTimerMs = 1_000
/** What was due and could not be done is tried again after this long. */
const timerRetryMs = 2_000

/**
 * One rollout in progress: the only place where its state changes. Events are taken in order, and are stored before
 * anything is done about them.
 */
export class RolloutRunner {
  /** Says what happens, to the rollout's log and to whoever watches. */
  readonly teller: RolloutTeller
  /** Aborted when the rollout ends: stops a build, or the wait for the seeder. */
  readonly ended = new AbortController()
  readonly #dependencies: Dependencies
  #state: RolloutState
  #sequence: number
  /** Hosts of a batch end at about the same time: what came while the last events were stored is stored together. */
  readonly #events = new GroupedWork<RolloutEvent>((events) => this.#applyAll(events))
  readonly #looks: BakeLooks
  #deadline: Timer | undefined
  /** No deadline is enforced before this time: while we were away, nobody could report. */
  #lenientUntilMs = 0
  #isStopped = false

  constructor(state: RolloutState, sequence: number, dependencies: Dependencies) {
    this.#state = state
    this.#sequence = sequence
    this.#dependencies = dependencies
    this.teller = new RolloutTeller(() => this.#state, dependencies)
    this.#looks = new BakeLooks({
      ...{ state: () => this.#state, clock: dependencies.clock, onError: dependencies.onError },
      judge: (current) => dependencies.judge(current, false),
      onBad: (batch, verdict) => this.#baked(batch, verdict),
    })
  }

  get state(): RolloutState {
    return this.#state
  }

  /** Takes an event; resolves once it is stored and its commands are on their way. Rejects when it could not be stored. */
  apply(event: RolloutEvent): Promise<void> {
    return this.#events.add(event)
  }

  /** After a restart: everything whose result is still awaited is asked for again. */
  resumeWork(): void {
    this.#lenientUntilMs = this.#dependencies.clock.now() + this.#dependencies.graceMs
    for (const command of outstanding(this.#state)) this.#dependencies.execute(this, command)
    this.#armDeadline()
  }

  /** Tells an agent that came back what it is still to do. */
  resumeHost(host: string): void {
    for (const command of outstanding(this.#state)) {
      if ('host' in command && command.host === host) this.#dependencies.execute(this, command)
    }
  }

  /** Whether the result of this attempt is still wanted. */
  awaits(host: string, attemptId: string): boolean {
    return outstanding(this.#state).some(
      (command) => 'host' in command && command.host === host && command.attemptId === attemptId,
    )
  }

  /** Hosts that must not move yet, each with the reason. */
  blocked(reasons: ReadonlyMap<string, string>): void {
    const isMoving = Object.values(this.#state.hosts).some(({ status }) => status.is === 'activating')
    // While others move, waiting is nothing to talk about.
    const [first] = isMoving ? [] : reasons
    this.teller.waits(first ? `${first[0]}: ${first[1]}` : null)
  }

  stop(): void {
    this.#isStopped = true
    this.#deadline?.cancel()
    this.#looks.stop()
    this.teller.stop()
    this.ended.abort(new Error('the coordinator stops'))
  }

  async #applyAll(events: readonly RolloutEvent[]): Promise<void> {
    const before = this.#state
    let state = before
    const stored: RolloutEvent[] = []
    const commands: RolloutCommand[] = []
    for (const event of events) {
      const step = reduce(state, event)
      if (step.state === state && step.commands.length === 0) continue
      stored.push(event)
      commands.push(...step.commands)
      state = step.state
    }
    if (stored.length === 0) return
    await this.#dependencies.log.append(state, this.#sequence, stored)
    this.#sequence += stored.length
    this.#state = state
    this.teller.tell(before)
    for (const command of withoutRepeats(commands)) this.#dependencies.execute(this, command)
    this.#armDeadline()
    if (hasEnded(state)) this.ended.abort(new Error(`the rollout is ${state.phase}`))
    if (isSettled(state)) this.#deadline?.cancel()
    await this.#dependencies.changed(this, before)
  }

  #armDeadline(): void {
    this.#deadline?.cancel()
    this.#looks.update()
    const { clock } = this.#dependencies
    const next = nextTimer(this.#state)
    if (!next) return
    // What agents had no chance to report while we were away is not overdue; what was watched was watched.
    const dueMs = next.due.type === 'bakeOver' ? next.atMs : Math.max(next.atMs, this.#lenientUntilMs)
    this.#deadline = clock.after(dueMs - clock.now(), () => this.#timeIsUp(next, dueMs))
  }

  #timeIsUp({ due }: RolloutTimer, dueMs: number): void {
    const { clock, graceMs } = this.#dependencies
    if (due.type === 'bakeOver') return this.#judge()
    // A timer this late means that we stood still: what the agents reported meanwhile has not been read yet.
    if (clock.now() - dueMs > lateTimerMs) {
      this.#lenientUntilMs = clock.now() + graceMs
      return this.#armDeadline()
    }
    const atMs = clock.now()
    if (due.type !== 'attemptOverdue') return this.#feed({ type: due.type, atMs })
    const { host, attemptId } = due
    const message = 'no result before the deadline of the rollout'
    const failure = { code: 'DEADLINE_EXCEEDED', message, phase: this.teller.live.get(host)?.phase ?? null }
    this.#feed({ type: 'attemptFailed', atMs, host, attemptId, failure })
  }

  #judge(): void {
    const { batch } = this.#state
    const { judge } = this.#dependencies
    judge(this.#state, true)
      .then((verdict) => this.#baked(batch, verdict))
      .catch((error) => this.#tryTimerAgain(error))
  }

  #baked(batch: number, verdict: Verdict | null): Promise<void> {
    const fault = verdict === null || verdict.action === 'goOn' ? null : verdict.reason
    return this.apply({ type: 'baked', atMs: this.#dependencies.clock.now(), batch, fault, verdict })
  }

  #feed(event: RolloutEvent): void {
    this.apply(event).catch((error) => this.#tryTimerAgain(error))
  }

  /** What was due is still due: a store that gives no answer now may give one soon. */
  #tryTimerAgain(error: unknown): void {
    const { clock, onError } = this.#dependencies
    onError(error)
    this.#deadline?.cancel()
    if (!this.#isStopped) this.#deadline = clock.after(timerRetryMs, () => this.#armDeadline())
  }
}

/** Who waits for capacity is looked for once, however many events asked for it. */
function withoutRepeats(commands: readonly RolloutCommand[]): RolloutCommand[] {
  const last = commands.findLastIndex(({ type }) => type === 'reserve')
  return commands.filter(({ type }, index) => type !== 'reserve' || index === last)
}
