import { type Clock, sleep } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { KeepOptions } from './config.ts'
import type { CounterStore } from './counter-store.ts'
import { PageCompactor } from './page-compactor.ts'
import { Retention } from './retention.ts'
import { Rollup } from './rollup.ts'

interface Dependencies {
  readonly store: CounterStore
  readonly clock: Clock
  readonly logger: Logger
}

/** When nothing is to do, somebody looks again after this time. */
const idleMs = 15_000
/** It takes a quarter of one processor at most: the rest of the time belongs to who waits for an answer. */
const restPerWork = 3
const leastRestMs = 20
const failedMs = 60_000

/** Keeps the store in order, a little at a time: pages become blocks, blocks are rolled up, and what is too old goes. */
export class CounterSweep implements Component {
  readonly name = 'counter-sweep'
  readonly #dependencies: Dependencies
  readonly #compactor: PageCompactor
  readonly #rollup: Rollup
  readonly #retention: Retention
  readonly #stopping = new AbortController()
  #work: Promise<void> = Promise.resolve()

  constructor(keep: KeepOptions, dependencies: Dependencies) {
    const { rows, gate, index } = dependencies.store
    this.#dependencies = dependencies
    this.#compactor = new PageCompactor(rows, gate)
    this.#rollup = new Rollup(rows, index, gate)
    this.#retention = new Retention(keep, rows, gate)
  }

  async start(): Promise<void> {
    const { store } = this.#dependencies
    await store.load()
    store.floorMs = await this.#retention.floorMs()
    this.#work = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#work
  }

  /** Does one piece of what is to do. @returns whether there was any. */
  async step(): Promise<boolean> {
    const { store, clock } = this.#dependencies
    const nowMs = clock.now()
    if (await this.#compactor.step(nowMs, store.floorMs)) return true
    if (await this.#rollup.step(nowMs)) return true
    if (!(await this.#retention.step(nowMs))) return false
    store.floorMs = await this.#retention.floorMs()
    return true
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { clock, logger } = this.#dependencies
    const { signal } = this.#stopping
    while (!signal.aborted) {
      let restMs = idleMs
      try {
        const startMs = clock.monotonicMs()
        if (await this.step()) restMs = Math.max(leastRestMs, restPerWork * (clock.monotonicMs() - startMs))
      } catch (error) {
        logger.error({ error }, `counters are not kept in order: ${errorMessage(error)}`)
        restMs = failedMs
      }
      await sleep(clock, restMs, signal).catch(() => {})
    }
  }
}
