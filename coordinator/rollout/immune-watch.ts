import type { Verdict } from '../../proto/http/immune.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import { forRollout, type Logger } from '../../runtime/logger.ts'
import { LookPace } from './look-pace.ts'
import { reduce } from './reducer.ts'
import type { RolloutLog } from './rollout-log.ts'
import type { RolloutState } from './state.ts'

interface Options {
  /** How long agents may need to come back to a coordinator that was away, and tell what happened meanwhile. */
  readonly graceMs: number
}

interface Dependencies {
  readonly log: RolloutLog
  readonly judge: (state: RolloutState, isLast: boolean) => Promise<Verdict | null>
  /** Another rollout of the app has begun since: what its hosts show now is no longer this one's. */
  readonly isSuperseded: (state: RolloutState) => boolean
  /** Makes the rollback that the state asks for; asked again, it makes no second one. */
  readonly conclude: (state: RolloutState) => Promise<void>
  /** Tells people that a rollout turned bad after its end. */
  readonly turnedBad: (state: RolloutState, verdict: Verdict) => void
  readonly clock: Clock
  readonly logger: Logger
}

interface Watched {
  readonly state: RolloutState
  readonly untilMs: number
}

const lookMs = 5_000

/** Watches the hosts of rollouts that are done, for the time that their policy says, and takes back what turns bad. */
export class ImmuneWatch implements Component {
  readonly name = 'immune-watch'
  readonly #graceMs: number
  readonly #dependencies: Dependencies
  readonly #pace: LookPace
  readonly #watched = new Map<string, Watched>()
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor({ graceMs }: Options, dependencies: Dependencies) {
    this.#graceMs = graceMs
    this.#dependencies = dependencies
    this.#pace = new LookPace(lookMs, dependencies.clock)
  }

  /** Goes on with what was watched when the coordinator was stopped, or killed. */
  async start(): Promise<void> {
    const { log, clock } = this.#dependencies
    for (const id of await log.watchedIds()) {
      const { state } = await log.load(id)
      if (state.watchUntilMs === null) continue
      // Whatever happened while nobody listened is still under way to us.
      this.#watched.set(id, { state, untilMs: Math.max(state.watchUntilMs, clock.now() + this.#graceMs) })
    }
    this.#arm()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#looking
  }

  /** A rollout has ended. */
  begin(state: RolloutState): void {
    if (state.watchUntilMs === null) return
    this.#watched.set(state.id, { state, untilMs: state.watchUntilMs })
    this.#arm()
  }

  #arm(): void {
    if (this.#isStopped || this.#watched.size === 0) return
    this.#timer ??= this.#dependencies.clock.after(this.#pace.delayMs, () => {
      this.#looking = this.#pace.look(() => this.#lookAtAll()).then(() => this.#lookAgain())
    })
  }

  async #lookAtAll(): Promise<void> {
    for (const watched of [...this.#watched.values()]) {
      if (this.#isStopped) return
      try {
        await this.#look(watched)
      } catch (error) {
        forRollout(this.#dependencies.logger, watched.state.id).error({ error }, 'a rollout could not be judged')
      }
    }
  }

  #lookAgain(): void {
    this.#timer = undefined
    this.#arm()
  }

  async #look({ state, untilMs }: Watched): Promise<void> {
    const { judge, isSuperseded, clock } = this.#dependencies
    if (isSuperseded(state)) return this.#end(state, null)
    const isLast = clock.now() >= untilMs
    const verdict = await judge(state, isLast)
    const isBad = verdict !== null && verdict.action !== 'goOn'
    // While it was judged, somebody may have begun another.
    if (isBad && isSuperseded(state)) return this.#end(state, null)
    if (isBad || isLast) await this.#end(state, verdict)
  }

  async #end(state: RolloutState, verdict: Verdict | null): Promise<void> {
    const { log, conclude, turnedBad, clock } = this.#dependencies
    const { events } = await log.load(state.id)
    const event = { type: 'watched', atMs: clock.now(), verdict } as const
    const ended = reduce(state, event).state
    await log.append(ended, events, [event])
    this.#watched.delete(state.id)
    if (verdict !== null && verdict.action !== 'goOn') turnedBad(ended, verdict)
    if (ended.rollsBack) await conclude(ended)
    else await log.settle(ended.id)
  }
}
