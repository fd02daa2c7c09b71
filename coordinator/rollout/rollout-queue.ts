import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { leaseMs, type RolloutLease } from '../locks/lease.ts'
import type { StartGate } from '../locks/start-gate.ts'
import type { RolloutRunner } from './rollout-runner.ts'
import { isSettled } from './state.ts'

interface Dependencies {
  readonly gate: StartGate
  readonly lease: RolloutLease
  /** Every rollout that has work left, oldest first. */
  readonly runners: () => Iterable<RolloutRunner>
  /** A rollout may let its hosts move now. */
  readonly hasTurn: () => void
  readonly clock: Clock
  readonly logger: Logger
}

/** A store that gave no answer, and a lease of another coordinator, are asked again after this long. */
const askAgainMs = 5_000

/** Whose turn it is: one rollout an app, first come, first served, and none while its app is held, frozen, or another's. */
export class RolloutQueue {
  readonly #dependencies: Dependencies
  /** By app: its turns are given one after the other. */
  readonly #work = new Map<string, Promise<void>>()
  /** By rollout: until when this process drives it, in ms of the monotonic clock. */
  readonly #leases = new Map<string, number>()
  readonly #timers = new Set<Timer>()
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
    dependencies.gate.onChange((app) => {
      for (const name of app === null ? this.#apps() : [app]) this.startNext(name)
    })
  }

  start(): void {
    for (const app of this.#apps()) this.startNext(app)
    this.#timers.add(this.#dependencies.clock.every(leaseMs / 3, () => void this.#renew()))
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers) timer.cancel()
  }

  /** The rollout of the app that is under way, or is next; queued ones are behind it. */
  running(app: string): RolloutRunner | undefined {
    return this.#turns(app)[0]
  }

  /** Whether a rollout of the app is under way that decides what pools run. */
  hasTurn(app: string): boolean {
    return this.#turns(app).some(({ state }) => state.phase !== 'queued' && state.kind !== 'retry')
  }

  /** Whether this process may let hosts of the rollout move. */
  drives({ state }: RolloutRunner): boolean {
    return state.kind === 'converge' || (this.#leases.get(state.id) ?? 0) > this.#dependencies.clock.monotonicMs()
  }

  /** Looks whose turn it is. Resolves when that is decided. */
  startNext(app: string): Promise<void> {
    const turn = (this.#work.get(app) ?? Promise.resolve()).then(() => this.#startNext(app))
    const work = turn.catch((error) => {
      this.#dependencies.logger.error({ app, error }, `the next rollout could not be started: ${errorMessage(error)}`)
      this.#askAgain(app)
    })
    this.#work.set(app, work)
    return work
  }

  async ended({ state: { app, id, kind } }: RolloutRunner): Promise<void> {
    if (kind === 'converge') return
    this.#leases.delete(id)
    await this.#dependencies.lease.release(app, id)
  }

  async #startNext(app: string): Promise<void> {
    if (this.#isStopped) return
    const [next, ...others] = this.#turns(app)
    if (!next) return
    for (const other of others) other.teller.waits(`behind rollout ${next.state.id}`)
    if (next.state.phase !== 'queued') return void (this.drives(next) || (await this.#take(next)))
    const breakGlass = next.state.breakGlass !== null
    const refusal = await this.#dependencies.gate.refusal(app, { breakGlass })
    if (refusal !== null) return next.teller.waits(refusal)
    const catchingUp = [...this.#dependencies.runners()].filter(
      ({ state }) => state.app === app && state.kind === 'converge',
    )
    if (catchingUp.length > 0) {
      next.teller.waits('hosts that catch up must end first')
      for (const runner of catchingUp)
        await runner.apply({ type: 'aborted', atMs: this.#dependencies.clock.now(), reason: `for ${next.state.id}` })
      return
    }
    if (!(await this.#take(next))) return
    next.teller.waits(null)
    await next.apply({ type: 'started', atMs: this.#dependencies.clock.now() })
  }

  async #take(runner: RolloutRunner): Promise<boolean> {
    const { lease, clock } = this.#dependencies
    const { app, id } = runner.state
    const sinceMs = clock.monotonicMs()
    if (await lease.acquire(app, id)) {
      this.#leases.set(id, sinceMs + leaseMs)
      this.#dependencies.hasTurn()
      return true
    }
    runner.teller.waits('another coordinator has the lease of the app, or the store gives no answer')
    this.#askAgain(app)
    return false
  }

  /** A lease that is not renewed runs out, and no host of its rollout begins to move any more. */
  async #renew(): Promise<void> {
    const { lease, clock } = this.#dependencies
    for (const { state } of [...this.#dependencies.runners()]) {
      if (!this.#leases.has(state.id)) continue
      const sinceMs = clock.monotonicMs()
      if (await lease.renew(state.app, state.id)) {
        if (this.#leases.has(state.id)) this.#leases.set(state.id, sinceMs + leaseMs)
      } else this.#askAgain(state.app)
    }
  }

  #askAgain(app: string): void {
    if (this.#isStopped) return
    const timer = this.#dependencies.clock.after(askAgainMs, () => {
      this.#timers.delete(timer)
      void this.startNext(app)
    })
    this.#timers.add(timer)
  }

  /** Who is under way comes first, then what takes a bad release back, then who asked first. */
  #turns(app: string): RolloutRunner[] {
    const rank = ({ state }: RolloutRunner) => (state.phase !== 'queued' ? 0 : state.kind === 'rollback' ? 1 : 2)
    return [...this.#dependencies.runners()]
      .filter(({ state }) => state.app === app && state.kind !== 'converge' && !isSettled(state))
      .sort((a, b) => rank(a) - rank(b))
  }

  #apps(): Set<string> {
    return new Set([...this.#dependencies.runners()].map(({ state }) => state.app))
  }
}
