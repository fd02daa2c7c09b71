import type { Clock, Timer } from '../../runtime/clock.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogWriter } from '../logs/log-writer.ts'
import { batchStateOf } from './batch-state.ts'
import { hostView, type LiveProgress, poolProgress } from './rollout-view.ts'
import type { Failure, HostProgress, RolloutState } from './state.ts'

interface Dependencies {
  readonly hub: EventHub
  readonly clock: Clock
  /** The rollout's own lines in its log, stream `coordinator`. */
  readonly writer: LogWriter
}

/** How often watchers are told of the distribution's progress. */
const progressPeriodMs = 500

/** Says what happens to a rollout: in lines of its log, and in events to whoever watches. */
export class RolloutTeller {
  /** By host: what is not worth storing. */
  readonly live = new Map<string, LiveProgress>()
  readonly #state: () => RolloutState
  readonly #dependencies: Dependencies
  #progress: Timer | undefined
  #waitsFor: string | null = null

  constructor(state: () => RolloutState, dependencies: Dependencies) {
    this.#state = state
    this.#dependencies = dependencies
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
    this.#progress?.cancel()
  }

  /** Writes the log lines and events that say what changed. */
  tell(before: RolloutState): void {
    const state = this.#state()
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
    this.#tellVerdict(before)
    this.#tellBatch(before)
    this.#broadcastProgress()
  }

  #tellVerdict(before: RolloutState): void {
    const { verdicts } = this.#state()
    for (const verdict of verdicts.slice(before.verdicts.length)) {
      for (const { reason } of verdict.metrics) this.say(reason)
      for (const line of verdict.logs?.lines ?? []) this.say(`${verdict.logs!.host} said: ${line}`)
      for (const { rolloutId, app, score, reason } of verdict.suspects)
        this.say(`suspect ${rolloutId} of ${app}, score ${score}: ${reason}`)
      this.#publish('rollout.verdict', verdict)
    }
  }

  #tellBatch(before: RolloutState): void {
    const state = this.#state()
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
    const host = this.#state().hosts[name]
    if (!host) return
    const data = hostView(host, this.live.get(name)) as unknown as Record<string, unknown>
    this.#dependencies.hub.broadcast({
      type: 'rollout.host',
      rolloutId: this.#state().id,
      app: this.#state().app,
      host: name,
      data,
    })
  }

  #broadcastProgress(): void {
    this.#progress?.cancel()
    this.#progress = undefined
    if (!this.#state().plan) return
    const { id, app } = this.#state()
    this.#dependencies.hub.broadcast({
      type: 'rollout.progress',
      rolloutId: id,
      app,
      data: { pools: poolProgress(this.#state(), this.live) },
    })
  }

  #publish(
    type: 'rollout.phase' | 'rollout.host' | 'rollout.batch' | 'rollout.waiting' | 'rollout.verdict',
    data: object,
    host?: string,
  ): void {
    const { id, app } = this.#state()
    // Watchers are told in order; a failed write of an event is no reason to stop a rollout.
    this.#dependencies.hub
      .publish({ type, rolloutId: id, app, host, data: data as Record<string, unknown> })
      .catch(() => {})
  }
}

function failureSentence(host: string, { phase, message, code }: Failure): string {
  return `${host} failed${phase ? ` in ${phase}` : ''}: ${message} (${code})`
}
