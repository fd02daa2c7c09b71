import { join } from 'node:path'
import { type Clock, sleep, type Timer } from '../../../runtime/clock.ts'
import { errorMessage } from '../../../runtime/errors.ts'
import type { Component } from '../../../runtime/lifecycle.ts'
import type { Logger } from '../../../runtime/logger.ts'
import type { LogsConfig } from '../config.ts'
import { dayOf, type LogStore } from '../log-store.ts'
import { appendPart, readPart } from './archive-file.ts'
import { archiveFileName, type Removal, type Removals, type Run } from './removals.ts'

interface Dependencies {
  readonly store: LogStore
  readonly removals: Removals
  readonly clock: Clock
  readonly logger: Logger
}

const dayMs = 24 * 60 * 60_000
const sweepMs = 60_000
/** Entries looked at, and bytes read, packed and compared, in one go. */
const most = { entries: 2_000, bytes: 4 * 1024 * 1024 } as const
/** Between two steps of a removal, so that whoever writes comes first. */
const pauseMs = 20

/**
 * Removes the oldest entries by age and size, in small steps: archived, read back and compared before the first row goes
 * where there is an archive, and noted in any case. A step that was cut off is done again.
 */
export class LogRetention implements Component {
  readonly name = 'log retention'
  readonly #config: LogsConfig
  readonly #dependencies: Dependencies
  readonly #stopped = new AbortController()
  #timer: Timer | undefined
  #sweep: Promise<void> = Promise.resolve()

  constructor(config: LogsConfig, dependencies: Dependencies) {
    this.#config = config
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(sweepMs, () => this.#begin())
    this.#begin()
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#stopped.abort()
    await this.#sweep
  }

  /** Removes all that is due. @throws {Error} what the archive cannot take is not removed. */
  async sweep(): Promise<void> {
    for (let more = true; more && !this.#stopped.signal.aborted; ) {
      for (const removal of await this.#dependencies.removals.underWay()) await this.#complete(removal)
      more = await this.#removeOldest()
    }
  }

  #begin(): void {
    this.#sweep = this.#sweep
      .then(() => this.sweep())
      .catch((error) => {
        if (this.#stopped.signal.aborted) return
        this.#dependencies.logger.error({ error }, `logs that are due cannot be removed: ${errorMessage(error)}`)
      })
  }

  /** @returns whether there was something to remove. */
  async #removeOldest(): Promise<boolean> {
    const { store, removals, clock } = this.#dependencies
    const excess = (await store.totalBytes()) - this.#config.maxBytes
    const oldestKept = dayOf(clock.now() - this.#config.keepDays * dayMs)
    const runs = await this.#oldestRuns(oldestKept, excess)
    for (const run of runs) {
      const archived = this.#config.archive && (await this.#archive(this.#config.archive.directory, run))
      await removals.begin(run, clock.now(), archived)
    }
    return runs.length > 0
  }

  /** Of the oldest day, as far as they are due, by rollout. */
  async #oldestRuns(oldestKept: string, excess: number): Promise<Run[]> {
    const runs = new Map<string, Run>()
    let bytes = 0
    let day: string | undefined
    for (const entry of await this.#dependencies.store.oldest(most.entries)) {
      day ??= dayOf(entry.storedAtMs)
      const isDue = day < oldestKept || bytes < excess
      if (!isDue || dayOf(entry.storedAtMs) !== day || bytes > most.bytes) break
      const { id, rolloutId } = entry
      const run = runs.get(rolloutId) ?? { day, rolloutId, first: id, last: id, entries: 0, bytes: 0 }
      runs.set(rolloutId, { ...run, last: id, entries: run.entries + 1, bytes: run.bytes + entry.bytes })
      bytes += entry.bytes
    }
    return [...runs.values()]
  }

  async #archive(directory: string, run: Run) {
    const { store, removals } = this.#dependencies
    const file = archiveFileName(run)
    const path = join(directory, file)
    const part = await appendPart(path, await removals.lengthOf(file), await store.whole(run))
    await this.#check(path, run, part)
    return { file, part }
  }

  async #complete(removal: Removal): Promise<void> {
    const { removals, clock, logger } = this.#dependencies
    const { archive } = this.#config
    if (removal.file !== null && archive)
      await this.#check(join(archive.directory, removal.file), removal, removal.part)
    while (await removals.deleteSome(removal)) await sleep(clock, pauseMs, this.#stopped.signal)
    await removals.finish(removal)
    const { day, rolloutId, entries, bytes, file } = removal
    logger.debug({ day, rolloutId, entries, bytes, file }, 'logs removed')
  }

  /** What was written is what was stored, to the byte. */
  async #check(path: string, run: Run, part: Removal['part']): Promise<void> {
    const entries = await readPart(path, part)
    const bytes = entries.reduce((sum, { data }) => sum + data.length, 0)
    if (entries.length !== run.entries || bytes !== run.bytes)
      throw new Error(`${path} holds ${entries.length} entries of ${bytes} bytes, not ${run.entries} of ${run.bytes}`)
  }
}
