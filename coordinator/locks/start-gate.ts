import type { Freeze, Hold, HoldRequest } from '../../proto/http/api.ts'
import type { Clock, Timer } from '../../runtime/clock.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { concerns, type FreezeWindow, freezeView, isActive, nextChangeMs } from './freeze-windows.ts'
import type { Holds } from './holds.ts'
import { freezeSentence, holdSentence } from './sentences.ts'

/** Says whether a rollout may start. */
export interface StartGate {
  /**
   * A sentence why no rollout of the app may start now; null when it may. Rejects when the store gives no answer:
   * then none may start. `breakGlass` passes holds and freeze windows, but not a silent store.
   */
  refusal(app: string, options: { readonly breakGlass: boolean }): Promise<string | null>
  /** Called when an app's answer may have changed: held, released, frozen, thawed, expired. `app` null: any. */
  onChange(listener: (app: string | null) => void): void
  /** Called when the line is stopped: running rollouts shall pause with this reason. `app` null: all. */
  onStop(listener: (reason: string, app: string | null) => void): void
}

interface Dependencies {
  readonly holds: Holds
  readonly freezes: readonly FreezeWindow[]
  readonly clock: Clock
  readonly logger: Logger
}

/** What keeps rollouts from starting at one moment: its key, and the apps it is for; null for all. */
type Obstacles = ReadonlyMap<string, readonly string[] | null>

/** Longest time between two looks: in it, what another coordinator wrote and a clock that was set are noticed. */
const lookEveryMs = 60_000

/** Holds and freeze windows as one gate. It looks again whenever one of them begins or ends. */
export class LockGate implements StartGate, Component {
  readonly name = 'start gate'
  readonly #dependencies: Dependencies
  readonly #changeListeners: ((app: string | null) => void)[] = []
  readonly #stopListeners: ((reason: string, app: string | null) => void)[] = []
  #seen: Obstacles = new Map()
  #looking: Promise<void> = Promise.resolve()
  #timer: Timer | undefined
  #stopped = false

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    await this.#look()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#looking
  }

  async refusal(app: string, { breakGlass }: { readonly breakGlass: boolean }): Promise<string | null> {
    const { holds, freezes, clock } = this.#dependencies
    const hold = (await holds.all()).find((hold) => hold.app === null || hold.app === app)
    if (breakGlass) return null
    if (hold) return holdSentence(hold)
    const nowMs = clock.now()
    const freeze = freezes.find((window) => concerns(window, app) && isActive(window, nowMs))
    return freeze ? freezeSentence(freezeView(freeze, nowMs)) : null
  }

  onChange(listener: (app: string | null) => void): void {
    this.#changeListeners.push(listener)
  }

  onStop(listener: (reason: string, app: string | null) => void): void {
    this.#stopListeners.push(listener)
  }

  listHolds(): Promise<Hold[]> {
    return this.#dependencies.holds.all()
  }

  listFreezes(): Freeze[] {
    const nowMs = this.#dependencies.clock.now()
    return this.#dependencies.freezes.map((window) => freezeView(window, nowMs))
  }

  /** @throws {RookeryError} REQUEST_INVALID when it would end in the past. */
  async hold(request: HoldRequest): Promise<Hold> {
    const hold = await this.#dependencies.holds.hold(request)
    if (request.stopRunning) for (const tell of this.#stopListeners) tell(holdSentence(hold), hold.app)
    await this.#look()
    return hold
  }

  /** @throws {RookeryError} NOT_FOUND. */
  async release(id: string, by?: string): Promise<Hold> {
    const hold = await this.#dependencies.holds.release(id, by)
    await this.#look()
    return hold
  }

  /**
   * Releases the holds of an app; null: those on all apps.
   * @throws {RookeryError} NOT_FOUND when there is none.
   */
  async releaseApp(app: string | null, by?: string): Promise<Hold[]> {
    const holds = await this.#dependencies.holds.releaseApp(app, by)
    await this.#look()
    return holds
  }

  /** One after the other, so that each compares with the one before. Never rejects. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      this.#timer?.cancel()
      let nextMs = lookEveryMs
      try {
        await this.#dependencies.holds.releaseExpired()
        const holds = await this.#dependencies.holds.all()
        this.#compare(this.#obstacles(holds))
        nextMs = Math.min(nextMs, this.#untilChangeMs(holds))
      } catch (error) {
        this.#dependencies.logger.error({ error }, 'holds could not be read; no rollout starts until they are')
      }
      if (!this.#stopped) this.#timer = this.#dependencies.clock.after(nextMs, () => void this.#look())
    })
    return this.#looking
  }

  #obstacles(holds: readonly Hold[]): Obstacles {
    const nowMs = this.#dependencies.clock.now()
    return new Map([
      ...holds.map(({ id, app }) => [id, app === null ? null : [app]] as const),
      ...this.#dependencies.freezes.flatMap((window, index) =>
        isActive(window, nowMs) ? [[`freeze ${index}`, window.apps] as const] : [],
      ),
    ])
  }

  #compare(now: Obstacles): void {
    const before = this.#seen
    this.#seen = now
    const changed = [...before, ...now].filter(([key]) => !before.has(key) || !now.has(key))
    const apps = new Set(changed.flatMap<string | null>(([, apps]) => apps ?? [null]))
    for (const app of apps.has(null) ? [null] : apps) for (const tell of this.#changeListeners) tell(app)
  }

  #untilChangeMs(holds: readonly Hold[]): number {
    const nowMs = this.#dependencies.clock.now()
    const changes = [
      ...holds.map((hold) => hold.untilMs),
      ...this.#dependencies.freezes.map((freeze) => nextChangeMs(freeze, nowMs)),
    ]
    return Math.min(...changes.map((atMs) => (atMs ?? Number.POSITIVE_INFINITY) - nowMs))
  }
}
