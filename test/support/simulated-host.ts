import {
  type Command,
  CommandKind,
  type CoordinatorDraft,
  type Hello,
  type ObservedRelease,
  Phase,
  type PhaseReport,
  PhaseState,
} from '../../proto/session.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'

/** What goes wrong on a host, each by its chance at every attempt, and how long attempts take. */
export interface HostHabits {
  readonly fetchMs: number
  readonly activateMs: number
  readonly fetchFails: number
  /** Before the swap: what was live goes on serving. */
  readonly failsBeforeSwap: number
  /** After the swap: nothing serves any more. */
  readonly failsAfterSwap: number
  /** No result comes. */
  readonly hangs: number
  /** The machine goes in the middle of an activation. */
  readonly dies: number
}

export const reliable: HostHabits = {
  ...{ fetchMs: 400, activateMs: 600 },
  ...{ fetchFails: 0, failsBeforeSwap: 0, failsAfterSwap: 0, hangs: 0, dies: 0 },
}

/** One app on a host. */
export interface SimulatedApp {
  live: string | null
  ready: boolean
  /** Why it is not ready, and since when, in ms of the clock; null while it is. `ours`: an activation left it so. */
  /** It was ready at some time: before, nobody counts on it. */
  hasServed: boolean
  out: { readonly cause: 'ours' | 'own'; readonly sinceMs: number } | null
}

interface Attempt {
  readonly id: string
  readonly rolloutId: string
  readonly app: string
  readonly releaseId: string
  readonly kind: 'fetch' | 'activate'
  /** It changed what is live. One that was cut off goes on, and may do so again. */
  hasSwapped: boolean
  final: PhaseReport | null
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
  /** The agent says something, if it is heard. */
  readonly report: (report: PhaseReport) => void
  readonly observed: () => void
  readonly died: () => void
}

/** A machine with its agent: it begins an attempt id once, and answers a repeated one with the earlier result. */
export class SimulatedHost {
  readonly name: string
  readonly pools: readonly string[]
  readonly zone: string | null
  readonly apps = new Map<string, SimulatedApp>()
  readonly attempts = new Map<string, Attempt>()
  isUp = true
  readonly #habits: HostHabits
  readonly #dependencies: Dependencies
  /** By app: attempts that wait for their turn, the first of which is under way. */
  readonly #turns = new Map<string, Attempt[]>()
  readonly #timers = new Map<string, Timer>()

  constructor(
    { name, pools, zone }: { readonly name: string; readonly pools: readonly string[]; readonly zone: string | null },
    habits: HostHabits,
    dependencies: Dependencies,
  ) {
    this.name = name
    this.pools = pools
    this.zone = zone
    this.#habits = habits
    this.#dependencies = dependencies
  }

  app(name: string): SimulatedApp {
    const known = this.apps.get(name) ?? { live: null, ready: false, hasServed: false, out: null }
    this.apps.set(name, known)
    return known
  }

  serves(app: string): boolean {
    return this.isUp && this.app(app).ready
  }

  get observed(): ObservedRelease[] {
    return [...this.apps].map(([app, { live, ready }]) => {
      return { app, liveReleaseId: live ?? '', ready, heldReleaseIds: live === null ? [] : [live] }
    })
  }

  get hello(): Hello {
    const labels: Record<string, string> = this.zone === null ? {} : { zone: this.zone }
    return {
      ...{ protocolVersion: 1, agentVersion: 'simulated', host: this.name, pools: [...this.pools], labels },
      ...{ observed: this.observed, attempts: [...this.attempts.values()].map((attempt) => this.#last(attempt)) },
      spoolId: '',
    }
  }

  receive({ desiredRelease, command }: CoordinatorDraft): void {
    if (!this.isUp) return
    if (desiredRelease) return this.#begin('fetch', desiredRelease as Command)
    const { kind } = command as Command
    if (kind === CommandKind.COMMAND_KIND_ACTIVATE) return this.#begin('activate', command as Command)
    if (kind === CommandKind.COMMAND_KIND_CANCEL) this.#cancel(command as Command)
  }

  /** Its app stops being ready, or is ready again, by itself. */
  setReady(app: string, ready: boolean): void {
    const state = this.app(app)
    if (state.live === null || state.ready === ready || state.out?.cause === 'ours') return
    state.ready = ready
    state.out = ready ? null : { cause: 'own', sinceMs: this.#dependencies.clock.now() }
    this.#dependencies.observed()
  }

  /** The machine goes; what its agent was at is cut off. */
  goDown(): void {
    if (!this.isUp) return
    this.isUp = false
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    const sinceMs = this.#dependencies.clock.now()
    for (const state of this.apps.values()) state.out ??= { cause: 'own', sinceMs }
    this.#dependencies.died()
  }

  /** The machine is there again: its apps start, and its agent goes on with what it was at. */
  comeUp(): void {
    if (this.isUp) return
    this.isUp = true
    for (const state of this.apps.values()) if (state.ready) state.out = null
    for (const turns of this.#turns.values()) if (turns[0]) this.#perform(turns[0])
  }

  #begin(kind: Attempt['kind'], { attemptId: id, rolloutId, app, releaseId }: Command): void {
    const known = this.attempts.get(id)
    if (known) return known.final ? this.#dependencies.report(known.final) : undefined
    const attempt: Attempt = { id, rolloutId, app, releaseId, kind, hasSwapped: false, final: null }
    this.attempts.set(id, attempt)
    const turns = this.#turns.get(app) ?? []
    this.#turns.set(app, turns)
    turns.push(attempt)
    if (turns.length === 1) this.#perform(attempt)
  }

  #cancel(command: Command): void {
    const id = command.cancelsAttemptId
    const known = this.attempts.get(id)
    if (known?.final) return this.#dependencies.report(known.final)
    const attempt = known ?? { ...command, id, kind: 'activate' as const, hasSwapped: false, final: null }
    this.attempts.set(id, attempt)
    this.#end(attempt, 'ATTEMPT_CANCELLED')
  }

  #perform(attempt: Attempt): void {
    const { fetchMs, activateMs, hangs } = this.#habits
    const { random } = this.#dependencies
    if (attempt.kind === 'activate') return this.#activate(attempt)
    if (random.next() < hangs) return
    const usualMs = attempt.kind === 'fetch' ? fetchMs : activateMs
    const fails = random.next() < this.#habits.fetchFails
    this.#after(attempt, usualMs, () => this.#end(attempt, fails ? 'SWARM_STALLED' : null))
  }

  #activate(attempt: Attempt): void {
    const { activateMs, failsBeforeSwap, failsAfterSwap, hangs, dies } = this.#habits
    const { random, clock } = this.#dependencies
    const state = this.app(attempt.app)
    if (state.live === attempt.releaseId && state.ready) return this.#after(attempt, 1, () => this.#end(attempt, null))
    if (random.next() < failsBeforeSwap)
      return this.#after(attempt, activateMs / 4, () => this.#end(attempt, 'HOOK_FAILED'))
    state.live = attempt.releaseId
    state.ready = false
    state.out = { cause: 'ours', sinceMs: clock.now() }
    attempt.hasSwapped = true
    if (random.next() < dies) return this.#after(attempt, activateMs / 2, () => this.goDown())
    if (random.next() < hangs) return
    const fails = random.next() < failsAfterSwap
    this.#after(attempt, activateMs, () => {
      if (!fails) Object.assign(state, { ready: true, hasServed: true, out: null })
      this.#end(attempt, fails ? 'NOT_READY' : null)
    })
  }

  #after(attempt: Attempt, usualMs: number, task: () => void): void {
    const { clock, random } = this.#dependencies
    this.#timers.set(attempt.id, clock.after(usualMs * (0.5 + random.next()), task))
  }

  #end(attempt: Attempt, errorCode: string | null): void {
    this.#timers.get(attempt.id)?.cancel()
    this.#timers.delete(attempt.id)
    const state = errorCode === null ? PhaseState.PHASE_STATE_SUCCEEDED : PhaseState.PHASE_STATE_FAILED
    attempt.final = {
      ...this.#last(attempt),
      state,
      final: true,
      errorCode: errorCode ?? '',
      errorMessage: 'simulated',
    }
    const turns = this.#turns.get(attempt.app) ?? []
    const wasFirst = turns[0] === attempt
    this.#turns.set(
      attempt.app,
      turns.filter((other) => other !== attempt),
    )
    // The coordinator shall know how the host is before it hears that the attempt is over.
    this.#dependencies.observed()
    this.#dependencies.report(attempt.final)
    const next = this.#turns.get(attempt.app)![0]
    if (wasFirst && next) this.#perform(next)
  }

  #last({ id, rolloutId, app, releaseId, kind, final }: Attempt): PhaseReport {
    if (final) return final
    const phase = kind === 'fetch' ? Phase.PHASE_FETCH : Phase.PHASE_RESTART
    return {
      ...{ attemptId: id, rolloutId, app, releaseId, phase, state: PhaseState.PHASE_STATE_STARTED, final: false },
      ...{ errorCode: '', errorMessage: '', durationMs: 0, atMs: this.#dependencies.clock.now() },
      ...{ fetchTotals: null, fetchTiming: null, exitCode: 0, hasExitCode: false },
    }
  }
}
