import type { ApiEvent, Rollout } from '../../proto/http/api.ts'
import type { LogEntry } from '../../proto/http/logs.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { ApiClient } from '../api-client/client.ts'
import { type LogLine, LogLineAssembler } from '../terminal/log-lines.ts'
import { adoptPlan, applyEvent, hasEnded, startWatching, type WatchState } from './state.ts'

/** Shows one rollout to somebody: on a terminal, as plain lines, or as JSON. */
export interface RolloutView {
  /** Whether it wants the lines of the build. */
  readonly showsLog: boolean
  event(event: ApiEvent): void
  /** `previous` is undefined the first time. */
  update(state: WatchState, previous: WatchState | undefined): void
  log(lines: readonly LogLine[]): void
  notice(text: string): void
  /** Leaves the screen as it should stay; nothing is called afterwards. */
  close(): void
}

interface WatchOptions {
  readonly rolloutId: string
  /** Show the build from its first line, also if it has ended meanwhile. */
  readonly buildLog: boolean
  /** Stops the watching, not the rollout. */
  readonly signal: AbortSignal
}

interface WatchDependencies {
  readonly api: ApiClient
  readonly view: RolloutView
  readonly clock: Clock
}

const retryMs = 1_000
const giveUpMs = 10 * 60_000

/**
 * Follows a rollout to its end, across restarts of the coordinator. Resolves with the ended rollout, or undefined when
 * the signal stopped the watching.
 * @throws {RookeryError} NOT_FOUND; UNREACHABLE when the coordinator stays away for ten minutes.
 */
export async function watchRollout(
  options: WatchOptions,
  dependencies: WatchDependencies,
): Promise<Rollout | undefined> {
  const ended = new AbortController()
  const signal = AbortSignal.any([options.signal, ended.signal])
  const buildLog = new BuildLog(options, dependencies)
  const isWanted = options.buildLog && dependencies.view.showsLog
  const following = Promise.all([isWanted && buildLog.follow(signal), followHindrances(options, dependencies, signal)])
  try {
    const rollout = await followToEnd(options, dependencies)
    ended.abort()
    await following
    if (rollout && isWanted) await buildLog.finish(options.signal)
    return rollout
  } catch (error) {
    if (options.signal.aborted) return undefined
    throw error
  } finally {
    ended.abort()
    await following
    dependencies.view.close()
  }
}

async function followToEnd(options: WatchOptions, dependencies: WatchDependencies): Promise<Rollout | undefined> {
  const { api, view } = dependencies
  const query = { rollout: options.rolloutId }
  let state: WatchState | undefined
  let isLost = false
  let sawEventId = false
  const show = (next: WatchState) => {
    view.update(next, state)
    state = next
  }
  for await (const followed of api.followEvents(query, { signal: options.signal })) {
    if (followed.kind === 'lost') {
      if (!isLost) view.notice(`${followed.error.message}; the rollout goes on, trying again`)
      isLost = true
      continue
    }
    if (followed.kind === 'open') {
      if (isLost) view.notice('the coordinator is back')
      isLost = false
      // Once an event's number is known the stream goes on after it, and nothing can have been missed.
      if (!state || !sawEventId) show(startWatching(await getRollout(options, dependencies)))
    } else {
      const { item: event } = followed
      sawEventId ||= event.id !== null
      view.event(event)
      if (!state) continue
      let next = applyEvent(state, event)
      if (event.type === 'rollout.phase' && !hasEnded(next.rollout)) {
        next = adoptPlan(next, await getRollout(options, dependencies))
      }
      if (next !== state) show(next)
    }
    if (state && hasEnded(state.rollout)) {
      const final = await getRollout(options, dependencies)
      show({ ...state, rollout: final })
      return final
    }
  }
  return undefined
}

/** The coordinator may die between an event and the question that the event makes us ask. */
async function getRollout(options: WatchOptions, dependencies: WatchDependencies): Promise<Rollout> {
  const { api, view, clock } = dependencies
  const startMs = clock.monotonicMs()
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.getRollout(options.rolloutId, options.signal)
    } catch (error) {
      if (!(error instanceof RookeryError) || !error.kind.retryable) throw error
      if (clock.monotonicMs() - startMs > giveUpMs) throw error
      if (attempt === 1) view.notice(`${error.message}; the rollout goes on, trying again`)
      await sleep(clock, retryMs, options.signal)
    }
  }
}

/** What a rollout waits for (a seeder that is away, say) changes no state; the coordinator tells it in its log alone. */
async function followHindrances(
  options: WatchOptions,
  dependencies: WatchDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { api, view } = dependencies
  const query = { rollout: options.rolloutId, stream: 'coordinator', after: options.buildLog ? 0 : undefined }
  try {
    for await (const followed of api.followLogs(query, { signal })) {
      const text = followed.kind === 'item' ? followed.item.text.trim() : ''
      if (text.startsWith('waiting:')) view.notice(text)
    }
  } catch {
    // The events tell why the coordinator cannot be asked.
  }
}

class BuildLog {
  readonly #query: { rollout: string; stream: string }
  readonly #assembler = new LogLineAssembler()
  readonly #dependencies: WatchDependencies
  #lastId = 0

  constructor(options: WatchOptions, dependencies: WatchDependencies) {
    this.#query = { rollout: options.rolloutId, stream: 'build' }
    this.#dependencies = dependencies
  }

  async follow(signal: AbortSignal): Promise<void> {
    const { api, view } = this.#dependencies
    try {
      for await (const followed of api.followLogs({ ...this.#query, after: 0 }, { signal })) {
        if (followed.kind === 'item') this.#show(followed.item)
      }
    } catch (error) {
      // The build's output is a courtesy: without it the rollout can be watched as well.
      if (!signal.aborted) view.notice(`the build log cannot be followed: ${String(error)}`)
    }
  }

  /** What had not arrived when the rollout ended: the last lines of a failed build, above all. */
  async finish(signal: AbortSignal): Promise<void> {
    const { api, view } = this.#dependencies
    for (let after = this.#lastId, done = false; !done; ) {
      const page = await api.queryLogs({ ...this.#query, after, limit: 1_000 }, signal)
      for (const entry of page.entries) this.#show(entry)
      after = page.next
      done = page.done
    }
    view.log(this.#assembler.flush())
  }

  #show(entry: LogEntry): void {
    if (entry.id <= this.#lastId) return
    this.#lastId = entry.id
    this.#dependencies.view.log(this.#assembler.add(entry))
  }
}
