import { type Clock, sleep } from '../../../runtime/clock.ts'
import { errorMessage } from '../../../runtime/errors.ts'
import type { Component } from '../../../runtime/lifecycle.ts'
import type { Logger } from '../../../runtime/logger.ts'
import { jittered, type Random } from '../../../runtime/random.ts'
import type { LogReader } from '../log-reader.ts'
import { LogSelection } from '../log-selection.ts'
import type { LogStore } from '../log-store.ts'
import type { LogExport } from './config.ts'
import type { ExportCursors } from './export-cursors.ts'
import { type ExportRecord, type ExportTarget, Refused, recordsOf } from './export-record.ts'

interface Dependencies {
  readonly target: ExportTarget
  readonly store: LogStore
  readonly reader: LogReader
  readonly cursors: ExportCursors
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

const entriesAtOnce = 200
/** Text of one call; receivers commonly take 4 MiB with all that goes around it. */
const maxCallChars = 1024 * 1024
const retry = { firstMs: 1_000, mostMs: 60_000, share: 0.25 } as const

/**
 * Sends every line to one target, in the order of arrival and at least once. What waits, waits in the log itself: the cursor
 * is moved behind what was taken, and a restart goes on there.
 */
export class LogExporter implements Component {
  readonly name: string
  readonly exported = { lines: 0, refusedLines: 0, failures: 0, missedBytes: 0 }
  readonly #selection: LogSelection
  readonly #dependencies: Dependencies
  readonly #stopped = new AbortController()
  #cursor = 0
  #wake = () => {}
  #hasNews = true
  #work: Promise<void> = Promise.resolve()
  #unsubscribe = () => {}

  constructor({ name, level }: Pick<LogExport, 'name' | 'level'>, dependencies: Dependencies) {
    this.name = name
    // A level makes the reader join lines; every line has the least of them.
    this.#selection = new LogSelection({ level: level ?? 'trace' }, () => true)
    this.#dependencies = dependencies
  }

  get cursor(): number {
    return this.#cursor
  }

  async start(): Promise<void> {
    const { store, cursors } = this.#dependencies
    this.#cursor = await cursors.open(this.name, () => store.newestId())
    this.#unsubscribe = store.subscribe(() => {
      this.#hasNews = true
      this.#wake()
    })
    this.#work = this.#run()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#stopped.abort()
    this.#wake()
    await this.#work
    await this.#dependencies.target.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    for (let failed = 0; !signal.aborted; ) {
      try {
        this.#hasNews = false
        const isAll = await this.#exportSome()
        if (failed > 0) this.#dependencies.logger.info({ export: this.name }, 'the export of logs goes on')
        failed = 0
        if (isAll && !this.#hasNews && !signal.aborted) await this.#news()
      } catch (error) {
        failed = await this.#failed(error, failed)
      }
    }
  }

  /** @returns whether nothing more is stored. */
  async #exportSome(): Promise<boolean> {
    const { reader, cursors, logger } = this.#dependencies
    const range = { after: this.#cursor, limit: entriesAtOnce }
    const { entries, next, done, removed } = await reader.page(this.#selection, range, false)
    const missedBytes = removed.reduce((sum, { bytes }) => sum + bytes, 0)
    if (missedBytes > 0) logger.warn({ export: this.name, missedBytes }, 'logs were removed before they were exported')
    for (const records of calls(entries.flatMap(recordsOf))) await this.#send(records)
    this.exported.missedBytes += missedBytes
    if (next === this.#cursor) return done
    await cursors.move(this.name, next)
    this.#cursor = next
    return done
  }

  async #send(records: readonly ExportRecord[]): Promise<void> {
    const { target, logger } = this.#dependencies
    try {
      await target.send(records)
      this.exported.lines += records.length
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.exported.refusedLines += records.length
      logger.error({ export: this.name, lines: records.length }, `logs were refused: ${errorMessage(error)}`)
    }
  }

  async #failed(error: unknown, failed: number): Promise<number> {
    const { clock, random, logger } = this.#dependencies
    this.exported.failures++
    const delayMs = Math.min(retry.mostMs, retry.firstMs * 2 ** failed)
    if (failed === 0)
      logger.warn({ export: this.name, error }, `logs are not exported, trying again: ${reasonOf(error)}`)
    await sleep(clock, jittered(delayMs, retry.share, random), this.#stopped.signal).catch(() => {})
    return failed + 1
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Groups that are sent in a call each. */
function calls(records: readonly ExportRecord[]): ExportRecord[][] {
  const groups: ExportRecord[][] = []
  let chars = 0
  for (const record of records) {
    chars += record.text.length
    if (groups.length === 0 || chars > maxCallChars) {
      groups.push([record])
      chars = record.text.length
    } else groups.at(-1)!.push(record)
  }
  return groups
}

/** `fetch` hides why behind its own words. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${errorMessage(error)}${cause}`
}
