import { type EndedLines, LineJoiner, streamOf } from './line-joiner.ts'
import type { StoredLogEntry } from './log-rows.ts'
import type { LogStore } from './log-store.ts'

/** A line is joined from at most so many entries: it is never longer than 64 KiB, and entries are rarely single bytes. */
const mostParts = 64

/** Lines of entries that are given in order, from anywhere in the log: how a line began is looked up. */
export class LineReader {
  readonly #store: LogStore
  readonly #joiner = new LineJoiner()
  readonly #met = new Set<string>()

  constructor(store: LogStore) {
    this.#store = store
  }

  /** The lines that end in each of these entries, which follow those given before. */
  async add(entries: readonly StoredLogEntry[]): Promise<EndedLines[]> {
    const ended: EndedLines[] = []
    for (const entry of entries) {
      const stream = streamOf(entry)
      if (!this.#met.has(stream)) for (const part of await this.#beginning(entry)) this.#joiner.add(part)
      this.#met.add(stream)
      ended.push(this.#joiner.add(entry))
    }
    return ended
  }

  /** Lines that no line break has ended, where nothing follows in their stream so far. */
  async lastWords(): Promise<EndedLines[]> {
    const words: EndedLines[] = []
    for (const line of this.#joiner.unfinished())
      if (!(await this.#store.neighbour(line.entry, 'behind'))) words.push(line)
    return words.sort((a, b) => a.entry.id - b.entry.id)
  }

  /** Entries in front of this one that hold the beginning of its first line, oldest first. */
  async #beginning(entry: StoredLogEntry): Promise<StoredLogEntry[]> {
    const parts: StoredLogEntry[] = []
    for (let next = entry; parts.length < mostParts; ) {
      const before = await this.#store.neighbour(next, 'before')
      if (!before || before.gapBytes > 0 || before.final || before.text.endsWith('\n')) break
      parts.unshift(before)
      if (before.text.includes('\n')) break
      next = before
    }
    return parts
  }
}
