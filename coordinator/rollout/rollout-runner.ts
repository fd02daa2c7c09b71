import type { Clock, Timer } from '../../runtime/clock.ts'
import { GroupedWork } from '../../runtime/grouped-work.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogWriter } from '../logs/log-writer.ts'
import { batchStateOf } from './batch-state.ts'
import type { RolloutCommand, RolloutEvent } from './events.ts'
import { outstanding, reduce } from './reducer.ts'
import type { RolloutLog } from './rollout-log.ts'
import { hostView, type LiveProgress, poolProgress } from './rollout-view.ts'
import { type Failure, type HostProgress, hasEnded, isSettled, type RolloutState } from './state.ts'
import { nextTimer, type RolloutTimer } from './timers.ts'

interface Dependencies {
  readonly log: RolloutLog
  readonly hub: EventHub
  readonly clock: Clock
  /** The rollout's own lines in its log, stream `coordinator`. */
  readonly writer: LogWriter
  /** Does a command; what comes of it returns as an event. Must not wait for the runner. */
  readonly execute: (runner: RolloutRunner, command: RolloutCommand) => void
  /** Judges the step that was watched. */
  readonly judge: (state: RolloutState) => Promise<string | null>
  /** How long agents may need to come back to a coordinator that was away. */
  readonly graceMs: number
  /** An event of our own could not be stored. */
  readonly onError: (error: unknown) => void
  /** Told after each stored change. */
  readonly changed: (runner: RolloutRunner, before: RolloutState) => Promise<void>
}

/** How often watchers are told of the distribution's progress. */
const progressPeriodMs = 500
const lateTimerMs = 1_000
/** What was due and could not be done is tried again after this long. */
const timerRetryMs = 2_000
/**
 * One rollout in progress: the only place where its state changes. Events are taken in order, and are stored before
 * anything is done about them.
 */
export class RolloutRunner {
  readonly live = new Map<string, LiveProgress>()
  /** Aborted when the rollout ends: stops a build, or the wait for the seeder. */
  readonly ended = new AbortController()
  readonly #dependencies: Dependencies
  #state: RolloutState
  #sequence: number
  /** Hosts of a batch end at about the same time: what came while the last events were stored is stored together. */
  readonly #events = new GroupedWork<RolloutEvent>((events) => this.#applyAll(events))
  #deadline: Timer | undefined
  /** No deadline is enforced before this time: while we were away, nobody could report. */
  #lenientUntilMs = 0
  #progress: Timer | undefined
  #isStopped = false
  #waitsFor: string | null = null

  constructor(state: RolloutState, sequence: number, dependencies: Dependencies) {
    this.#state = state
    this.#sequence = sequence
    this.#dependencies = dependencies
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

  /** What the rollout waits for, as a sentence; null when for nothing but its hosts. */
  get waitsFor(): string | null {
    return this.#waitsFor
  }

  /** It must not start yet, or its hosts must not move. Said once. */
  waits(reason: string | null): void {
    if (reason === this.#waitsFor) return
    this.#waitsFor = reason
    if (reason !== null) this.say(`waits: ${reason}`)
    this.#publish('rollout.waiting', { waitsFor: reason })
  }

  /** Hosts that must not move yet, each with the reason. */
  blocked(reasons: ReadonlyMap<string, string>): void {
    const isMoving = Object.values(this.#state.hosts).some(({ status }) => status.is === 'activating')
    // While others move, waiting is nothing to talk about.
    const [first] = isMoving ? [] : reasons
    this.waits(first ? `${first[0]}: ${first[1]}` : null)
  }

  say(text: string): void {
    this.#dependencies.writer.line(text)
  }

  /** A phase began on a host: shown, not stored. */
  phaseStarted(host: string, phase: string): void {
    this.#liveOf(host).phase = phase
    this.#broadcastHost(host)
  }

  fetchProgressed(host: string, bytesDone: number, bytesTotal: number): void {
    const live = this.#liveOf(host)
    const nowMs = this.#dependencies.clock.monotonicMs()
    if (nowMs - live.sampledAtMs >= progressPeriodMs) {
      live.bytesPerSecond = Math.max(
        0,
        Math.round(((bytesDone - live.sampledBytes) / (nowMs - live.sampledAtMs)) * 1000),
      )
      live.sampledBytes = bytesDone
      live.sampledAtMs = nowMs
    }
    live.bytesDone = bytesDone
    live.bytesTotal = bytesTotal
    this.#progress ??= this.#dependencies.clock.after(progressPeriodMs, () => this.#broadcastProgress())
  }

  stop(): void {
    this.#isStopped = true
    this.#deadline?.cancel()
    this.#progress?.cancel()
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
    this.#tell(before)
    for (const command of withoutRepeats(commands)) this.#dependencies.execute(this, command)
    this.#armDeadline()
    if (hasEnded(state)) this.ended.abort(new Error(`the rollout is ${state.phase}`))
    if (isSettled(state)) this.#deadline?.cancel()
    await this.#dependencies.changed(this, before)
  }

  /** Writes the log lines and events that say what changed. */
  #tell(before: RolloutState): void {
    const state = this.#state
    if (state.phase !== before.phase || state.reason !== before.reason) {
      this.say(state.reason === null ? state.phase : `${state.phase}: ${state.reason}`)
      this.#publish('rollout.phase', { phase: state.phase, reason: state.reason })
    }
    for (const host of Object.values(state.hosts)) {
      if (before.hosts[host.host]?.status === host.status) continue
      if (host.status.is === 'activating') this.#liveOf(host.host).phase = null
      this.#sayHost(host)
      this.#publish('rollout.host', hostView(host, this.live.get(host.host)), host.host)
    }
    this.#tellBatch(before)
    this.#broadcastProgress()
  }

  #tellBatch(before: RolloutState): void {
    const state = this.#state
    const batches = state.plan?.batches ?? []
    if (state.bakingUntilMs !== null && before.bakingUntilMs === null) {
      const { name, bakeMs } = state.plan!.steps[state.step]!
      this.say(`step ${name} is watched for ${bakeMs} ms`)
    }
    const changed = Object.values(state.hosts).filter(({ host, status }) => before.hosts[host]?.status !== status)
    for (const index of new Set(changed.flatMap(({ batch }) => batch ?? []))) {
      const names = batches[index]!
      const [was, is] = [batchStateOf(before, names), batchStateOf(state, names)]
      if (was === is || is === 'waiting') continue
      if (was === 'waiting') {
        this.say(`batch ${index + 1} of ${batches.length}: ${names.join(', ')}`)
        this.#publish('rollout.batch', { batch: index + 1, hosts: names, state: 'started' })
      }
      if (is === 'done') this.#publish('rollout.batch', { batch: index + 1, hosts: names, state: 'done' })
    }
  }

  #sayHost({ host, status, broken, fetchMs, activateMs, totals }: HostProgress): void {
    switch (status.is) {
      case 'fetched':
        if (broken !== null) return this.say(`${failureSentence(host, broken.failure)}; it is tried again`)
        return this.say(
          `${host} holds the release after ${fetchMs} ms (${totals?.fromPeers ?? 0} bytes from peers, ${totals?.fromSeeder ?? 0} from the seeder)`,
        )
      case 'ready':
        return this.say(`${host} is ready after ${activateMs} ms`)
      case 'failed':
        return this.say(failureSentence(host, status.failure))
      case 'skipped':
        return this.say(`${host} is skipped: it ${status.why}`)
      case 'unchanged':
        return this.say(`${host} is unchanged: the release is live there`)
      case 'cancelled':
        return this.say(`${host} is left as it was`)
      case 'left':
        return this.say(`${host} has left: ${status.why}`)
      case 'fetching':
      case 'activating':
    }
  }

  #armDeadline(): void {
    this.#deadline?.cancel()
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
    const failure = { code: 'DEADLINE_EXCEEDED', message, phase: this.live.get(host)?.phase ?? null }
    this.#feed({ type: 'attemptFailed', atMs, host, attemptId, failure })
  }

  #judge(): void {
    const { batch } = this.#state
    const { judge, clock } = this.#dependencies
    judge(this.#state)
      .then((fault) => this.apply({ type: 'baked', atMs: clock.now(), batch, fault }))
      .catch((error) => this.#tryTimerAgain(error))
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

  #liveOf(host: string): LiveProgress {
    let live = this.live.get(host)
    if (!live) {
      live = {
        phase: null,
        bytesDone: 0,
        bytesTotal: 0,
        sampledBytes: 0,
        sampledAtMs: this.#dependencies.clock.monotonicMs(),
        bytesPerSecond: 0,
      }
      this.live.set(host, live)
    }
    return live
  }

  #broadcastHost(name: string): void {
    const host = this.#state.hosts[name]
    if (!host) return
    const data = hostView(host, this.live.get(name)) as unknown as Record<string, unknown>
    this.#dependencies.hub.broadcast({
      type: 'rollout.host',
      rolloutId: this.#state.id,
      app: this.#state.app,
      host: name,
      data,
    })
  }

  #broadcastProgress(): void {
    this.#progress?.cancel()
    this.#progress = undefined
    if (!this.#state.plan) return
    const { id, app } = this.#state
    this.#dependencies.hub.broadcast({
      type: 'rollout.progress',
      rolloutId: id,
      app,
      data: { pools: poolProgress(this.#state, this.live) },
    })
  }

  #publish(
    type: 'rollout.phase' | 'rollout.host' | 'rollout.batch' | 'rollout.waiting',
    data: object,
    host?: string,
  ): void {
    const { id, app } = this.#state
    // Watchers are told in order; a failed write of an event is no reason to stop a rollout.
    this.#dependencies.hub
      .publish({ type, rolloutId: id, app, host, data: data as Record<string, unknown> })
      .catch(() => {})
  }
}

function failureSentence(host: string, { phase, message, code }: Failure): string {
  return `${host} failed${phase ? ` in ${phase}` : ''}: ${message} (${code})`
}

/** Who waits for capacity is looked for once, however many events asked for it. */
function withoutRepeats(commands: readonly RolloutCommand[]): RolloutCommand[] {
  const last = commands.findLastIndex(({ type }) => type === 'reserve')
  return commands.filter(({ type }, index) => type !== 'reserve' || index === last)
}
