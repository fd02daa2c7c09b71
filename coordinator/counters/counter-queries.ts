import type { CounterAnswer, CounterName, CounterNameQuery, CounterSeriesQuery } from '../../proto/http/counters.ts'
import { counterKinds } from '../../proto/http/counters.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { KeepOptions } from './config.ts'
import type { CounterStore } from './counter-store.ts'
import type { DeployMarks } from './deploy-marks.ts'
import { namePattern, partPattern } from './name-pattern.ts'
import { groupValues, type Member } from './series-groups.ts'
import { stepsOf } from './steps.ts'

interface Dependencies {
  readonly store: CounterStore
  /** Pools of a host; none when it is not known. */
  readonly poolsOf: (host: string) => readonly string[]
  readonly marks: DeployMarks
  readonly clock: Clock
}

const usualSpanMs = 3_600_000

/** Answers what people and programs ask of counters. */
export class CounterQueries {
  readonly #keep: KeepOptions
  readonly #dependencies: Dependencies

  constructor(keep: KeepOptions, dependencies: Dependencies) {
    this.#keep = keep
    this.#dependencies = dependencies
  }

  /** Names that match, in their order. @throws {RookeryError} REQUEST_INVALID. */
  async names({ name, app, limit }: CounterNameQuery): Promise<CounterName[]> {
    requirePattern(name, namePattern)
    const counters = await this.#dependencies.store.counters({ name, app })
    return counters
      .map((counter) => ({
        ...{ name: counter.name, app: counter.app, kind: counterKinds[counter.kind]!, hosts: counter.hosts.size },
      }))
      .sort((a, b) => (a.name < b.name || (a.name === b.name && a.app < b.app) ? -1 : 1))
      .slice(0, limit)
  }

  /** @throws {RookeryError} REQUEST_INVALID. */
  async series(query: CounterSeriesQuery): Promise<CounterAnswer> {
    const { store, marks, clock } = this.#dependencies
    const nowMs = clock.now()
    const toMs = query.toMs ?? nowMs
    const fromMs = query.fromMs ?? Math.max(0, toMs - usualSpanMs)
    if (fromMs >= toMs) throw new RookeryError('REQUEST_INVALID', 'fromMs is not before toMs')
    const { shiftMs, maxPoints, stepMs, percentile } = query
    const steps = stepsOf({ fromMs, toMs, maxPoints, stepMs }, this.#keep, nowMs + shiftMs)
    const all = await this.#groups(query)
    const groups = all.slice(0, query.limit)
    const request = { steps, function: query.function, percentile, shiftMs, nowMs }
    const answers = await groupValues(store, groups, request)
    const endMs = steps.fromMs + steps.stepMs * steps.length
    return {
      ...{ fromMs: steps.fromMs, toMs: endMs, stepMs: steps.stepMs },
      series: answers.map(({ group, function: fn, values }) => ({
        ...this.#titleOf(group.members, query),
        function: fn,
        values,
      })),
      omitted: all.length - groups.length,
      marks: await marks.of({ app: query.app, fromMs: steps.fromMs, toMs: endMs }),
    }
  }

  async #groups({ name, app, host, pool, groupBy }: CounterSeriesQuery) {
    const { store, poolsOf } = this.#dependencies
    requirePattern(name, namePattern)
    requirePattern(host, partPattern)
    const isHost = host === undefined ? () => true : partPattern(host)!
    const groups = new Map<string, Member[]>()
    for (const counter of await store.counters({ name, app }))
      for (const hostId of counter.hosts) {
        const hostName = store.index.hostName(hostId)
        if (!isHost(hostName) || (pool !== undefined && !poolsOf(hostName).includes(pool))) continue
        const keys = {
          name: `${counter.app} ${counter.name}`,
          host: hostName,
          pool: pool ?? poolsOf(hostName)[0] ?? '',
          none: '',
        }
        const key = keys[groupBy]
        const members = groups.get(key) ?? []
        members.push({ counter, hostId })
        groups.set(key, members)
      }
    return [...groups].map(([key, members]) => ({ key, members })).sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  #titleOf(members: readonly Member[], { groupBy, pool }: CounterSeriesQuery) {
    const { store, poolsOf } = this.#dependencies
    const hosts = new Set(members.map(({ hostId }) => store.index.hostName(hostId)))
    return {
      name: only(members.map(({ counter }) => counter.name)),
      app: only(members.map(({ counter }) => counter.app)),
      host: only(hosts),
      pool: pool ?? (groupBy === 'pool' ? (poolsOf([...hosts][0]!)[0] ?? null) : null),
      hosts: hosts.size,
    }
  }
}

/** The one that all are; null when they differ. */
function only(names: Iterable<string>): string | null {
  const different = new Set(names)
  return different.size === 1 ? [...different][0]! : null
}

function requirePattern(pattern: string | undefined, compile: (pattern: string) => unknown): void {
  if (pattern !== undefined && !compile(pattern))
    throw new RookeryError('REQUEST_INVALID', `${pattern} is no pattern: a bracket is open, or it stands for too many`)
}
