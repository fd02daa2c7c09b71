import type { LogQuery } from '../../proto/http/logs.ts'
import { type LineTest, lineTest } from './line-test.ts'
import type { LogHead } from './log-rows.ts'
import type { LogIndex } from './log-store.ts'

/** Whether a host serves in a pool, as it is now. */
export type PoolMembership = (host: string, pool: string) => boolean

/** Our clock and a host's may differ by so much: what it says it wrote later may have come before. */
const clockToleranceMs = 60_000

/** What one query asks for: the same for what is stored and for what comes. */
export class LogSelection {
  /** Undefined when entries are wanted or not as a whole. */
  readonly lines: LineTest | undefined
  readonly #query: Omit<LogQuery, 'limit'>
  readonly #isInPool: PoolMembership

  /** @throws {RookeryError} REQUEST_INVALID. */
  constructor(query: Omit<LogQuery, 'limit'>, isInPool: PoolMembership) {
    this.#query = query
    this.#isInPool = isInPool
    this.lines = lineTest(query)
  }

  get index(): LogIndex {
    const { rollout, release, host } = this.#query
    return { rollout, release, host }
  }

  get rollout(): string | undefined {
    return this.#query.rollout
  }

  /** Nothing that came before is wanted; undefined without such a limit. */
  get cameFromMs(): number | undefined {
    const { fromMs } = this.#query
    return fromMs === undefined ? undefined : fromMs - clockToleranceMs
  }

  isWanted(head: Omit<LogHead, 'bytes'>): boolean {
    const { rollout, release, app, host, pool, stream, fromMs, toMs } = this.#query
    return (
      (rollout === undefined || head.rolloutId === rollout) &&
      (release === undefined || head.releaseId === release) &&
      (app === undefined || head.app === app) &&
      (host === undefined || head.host === host) &&
      (pool === undefined || this.#isInPool(head.host, pool)) &&
      (stream === undefined || head.stream === stream) &&
      (fromMs === undefined || head.atMs >= fromMs) &&
      (toMs === undefined || head.atMs < toMs)
    )
  }
}
