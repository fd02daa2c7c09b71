import { LogReader } from '../../coordinator/logs/log-reader.ts'
import type { NewLogChunk } from '../../coordinator/logs/log-rows.ts'
import { LogSelection } from '../../coordinator/logs/log-selection.ts'
import { LogStore } from '../../coordinator/logs/log-store.ts'
import { ArchivedLogs } from '../../coordinator/logs/retention/archived-logs.ts'
import { Removals } from '../../coordinator/logs/retention/removals.ts'
import { type Database, openDatabase } from '../../coordinator/store/database.ts'
import { sqliteFlavor } from '../../coordinator/store/sqlite.ts'
import type { LogQuery } from '../../proto/http/logs.ts'
import { ManualClock } from '../../runtime/manual-clock.ts'

/** A log over a database in memory; hosts serve in the pool that their name begins with. */
export class LogFixture {
  readonly clock: ManualClock
  readonly database: Database
  readonly store: LogStore
  readonly removals: Removals
  readonly reader: LogReader

  private constructor(clock: ManualClock, database: Database, archive: string | undefined) {
    this.clock = clock
    this.database = database
    this.store = new LogStore(database, clock)
    this.removals = new Removals(database)
    this.reader = new LogReader(this.store, {
      removals: this.removals,
      archived: new ArchivedLogs(archive, this.removals),
    })
  }

  /** @param archive where what is removed goes. */
  static async open(archive?: string): Promise<LogFixture> {
    const clock = new ManualClock(Date.UTC(2026, 0, 31, 10))
    return new LogFixture(clock, await openDatabase(sqliteFlavor(':memory:')), archive)
  }

  chunk(text: string, changes: Partial<NewLogChunk> = {}): NewLogChunk {
    return {
      ...{ rolloutId: 'r-1', releaseId: 'hello-1', app: 'hello', host: 'web-1', stream: 'app.stdout', sequence: 0 },
      ...{ atMs: this.clock.now(), data: Buffer.from(text), gapBytes: 0 },
      ...changes,
    }
  }

  async write(text: string, changes: Partial<NewLogChunk> = {}): Promise<void> {
    await this.store.append([this.chunk(text, changes)])
  }

  select(query: Omit<LogQuery, 'limit' | 'after'>): LogSelection {
    return new LogSelection(query, (host, pool) => host.startsWith(`${pool}-`))
  }

  /** The text of all pages, of `limit` entries each. */
  async text(query: Omit<LogQuery, 'limit' | 'after'>, limit = 1_000): Promise<string> {
    let text = ''
    for (let after = 0, done = false; !done; ) {
      const page = await this.reader.page(this.select(query), { after, limit })
      for (const entry of page.entries) text += entry.text + (entry.gapBytes > 0 ? `<gap ${entry.gapBytes}>` : '')
      after = page.next
      done = page.done
    }
    return text
  }

  async tail(query: Omit<LogQuery, 'limit' | 'after'>, lines: number): Promise<string> {
    const { entries } = await this.reader.tail(this.select(query), { lines })
    return entries.map(({ text }) => text).join('')
  }
}
