import { setImmediate as breathe } from 'node:timers/promises'
import type { LogPage } from '../../proto/http/logs.ts'
import type { EndedLines } from './line-joiner.ts'
import { LineReader } from './line-reader.ts'
import type { LogHead, StoredLogEntry } from './log-rows.ts'
import type { LogSelection } from './log-selection.ts'
import { dayOf, type LogStore } from './log-store.ts'
import type { ArchivedLogs } from './retention/archived-logs.ts'
import type { Removals } from './retention/removals.ts'

/** What one request may cost: heads that are looked at, and bytes that are read and searched. */
const maxHeads = 20_000
const maxBytes = 8 * 1024 * 1024
/** Heads looked at in one go; others get their turn in between. */
const headsAtOnce = 1_000
/** Entries that are searched in one go, however few lines are wanted. */
const leastSearched = 250

interface Past {
  readonly archived: ArchivedLogs
  readonly removals: Removals
}

interface Range {
  readonly after: number
  readonly limit: number
}

export interface FoundPage {
  readonly entries: StoredLogEntry[]
  /** What stood in its range and is neither stored nor, where it is a rollout's, in the archive. */
  readonly removed: LogPage['removed']
  /** The `after` of the next page. */
  readonly next: number
  /** Nothing more is stored behind it. */
  readonly done: boolean
}

export interface FoundTail extends FoundPage {
  /** The `before` of the page in front of it. */
  readonly previous: number
}

/** Finds entries, page by page; each page costs no more than it may, however few of them match. */
export class LogReader {
  readonly #store: LogStore
  readonly #past: Past

  constructor(store: LogStore, past: Past) {
    this.#store = store
    this.#past = past
  }

  /** Entries behind `after`, oldest first. Of a selection of lines, those that end there. @param lastWords see `LineReader`. */
  async page(selection: LogSelection, { after, limit }: Range, lastWords = true): Promise<FoundPage> {
    const found = new Found(selection, new LineReader(this.#store))
    let next = await this.#readArchived(selection, after, limit, found)
    let done = false
    for (let looked = 0; !done && looked < maxHeads && found.count < limit && found.bytes < maxBytes; ) {
      const room = limit - found.count
      // Few of the entries may have lines that are wanted.
      const entries = selection.lines ? Math.max(room, leastSearched) : room
      const heads = await this.#store.heads(selection.index, { after: next, limit: headsAtOnce })
      const batch = affordable(heads, selection, { entries, bytes: maxBytes - found.bytes })
      await found.take(await this.#store.entries(batch.wanted))
      next = batch.through ?? next
      looked += batch.looked
      done = batch.isAll && heads.length < headsAtOnce
      await breathe()
    }
    const isFull = found.count > limit
    if (isFull) next = found.entries[limit - 1]!.id
    else if (lastWords) await found.takeLastWords()
    done &&= !isFull
    const removed = await this.#missing(selection, { after, before: done ? undefined : next + 1 })
    return { entries: found.entries.slice(0, limit), removed, next, done }
  }

  /** The last `lines` lines before `before`, oldest first; fewer, and not `done`, when finding them would cost too much. */
  async tail(selection: LogSelection, { before, lines }: { before?: number; lines: number }): Promise<FoundTail> {
    const next = before === undefined ? await this.#store.newestId() : before - 1
    const start = await this.#start(selection, 0)
    let previous = next + 1
    let entries: StoredLogEntry[] = []
    let done = false
    let bytes = 0
    for (let looked = 0; !done && looked < maxHeads && countLines(entries) < lines && bytes < maxBytes; ) {
      // Without a test of lines, every entry has one or more of them.
      const room = selection.lines ? headsAtOnce : lines - countLines(entries)
      const range = { after: start, before: previous, limit: headsAtOnce, newestFirst: true }
      const heads = await this.#store.heads(selection.index, range)
      const batch = affordable(heads, selection, { entries: room, bytes: maxBytes - bytes })
      const found = new Found(selection, new LineReader(this.#store))
      await found.take(await this.#store.entries(batch.wanted))
      await found.takeLastWords()
      entries = [...found.entries, ...entries]
      bytes += found.bytes
      previous = batch.through ?? previous
      looked += batch.looked
      done = batch.isAll && heads.length < range.limit
      await breathe()
    }
    const kept = lastLines(entries, lines)
    done &&= kept.previous === undefined
    const removed = done ? await this.#missing(selection, { after: 0, before, isTail: true }) : []
    return { ...kept, removed, next, previous: kept.previous ?? previous, done }
  }

  /** What the archive has of a rollout. @returns where the stored entries go on. */
  async #readArchived(selection: LogSelection, after: number, limit: number, found: Found): Promise<number> {
    const { rollout } = selection
    let next = after
    while (rollout !== undefined && found.count < limit && found.bytes < maxBytes) {
      const part = await this.#past.archived.read(rollout, next)
      if (!part) return this.#start(selection, next)
      const wanted = part.entries.filter((entry) => selection.isWanted(entry))
      const room = selection.lines ? wanted.length : limit - found.count
      await found.take(wanted.slice(0, room))
      next = room < wanted.length ? wanted[room - 1]!.id : part.last
    }
    return rollout === undefined ? this.#start(selection, next) : next
  }

  async #missing(selection: LogSelection, range: { after: number; before?: number; isTail?: boolean }) {
    const removed = await this.#past.removals.missing({ rolloutId: selection.rollout, ...range })
    const { cameFromMs } = selection
    return cameFromMs === undefined ? removed : removed.filter(({ day }) => day >= dayOf(cameFromMs))
  }

  async #start(selection: LogSelection, after: number): Promise<number> {
    const { cameFromMs } = selection
    return cameFromMs === undefined ? after : Math.max(after, (await this.#store.firstStoredFrom(cameFromMs)) - 1)
  }
}

/** What a page has so far. */
class Found {
  entries: StoredLogEntry[] = []
  bytes = 0
  readonly #selection: LogSelection
  readonly #reader: LineReader

  constructor(selection: LogSelection, reader: LineReader) {
    this.#selection = selection
    this.#reader = reader
  }

  get count(): number {
    return this.entries.length
  }

  async take(entries: readonly StoredLogEntry[]): Promise<void> {
    for (const { text } of entries) this.bytes += text.length
    if (this.#selection.lines) this.#keep(await this.#reader.add(entries), true)
    else this.entries.push(...entries)
  }

  async takeLastWords(): Promise<void> {
    if (!this.#selection.lines) return
    this.#keep(await this.#reader.lastWords(), false)
    this.entries.sort((a, b) => a.id - b.id)
  }

  #keep(ended: readonly EndedLines[], withGaps: boolean): void {
    const isWanted = this.#selection.lines!(ended.flatMap(({ lines }) => lines))
    let next = 0
    for (const { entry, lines, isOpen } of ended) {
      const kept = lines.filter(() => isWanted[next++])
      const text = kept.join('\n') + (kept.length === 0 || (isOpen && isWanted[next - 1]) ? '' : '\n')
      if (text !== '' || (withGaps && entry.gapBytes > 0)) this.entries.push({ ...entry, text })
    }
  }
}

/** Which of these entries are wanted, as far as there is room for them; one fits in any case. */
function affordable(heads: readonly LogHead[], selection: LogSelection, room: { entries: number; bytes: number }) {
  const wanted: number[] = []
  let through: number | undefined
  let looked = 0
  let bytes = 0
  for (const head of heads) {
    if (selection.isWanted(head)) {
      if (wanted.length > 0 && (wanted.length >= room.entries || bytes + head.bytes > room.bytes))
        return { wanted, through, looked, isAll: false }
      wanted.push(head.id)
      bytes += head.bytes
    }
    through = head.id
    looked++
  }
  return { wanted, through, looked, isAll: true }
}

function countLines(entries: readonly StoredLogEntry[]): number {
  return entries.reduce((sum, entry) => sum + linesOf(entry).length, 0)
}

/** A gap is told in a line, too. */
function linesOf({ text, gapBytes }: StoredLogEntry): string[] {
  if (gapBytes > 0) return [...text.split(/(?<=\n)/), '']
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** @returns also the `previous` of a page that leaves some of them out. */
function lastLines(entries: readonly StoredLogEntry[], lines: number) {
  const kept: StoredLogEntry[] = []
  let left = lines
  for (const entry of entries.toReversed()) {
    if (left <= 0) return { entries: kept, previous: kept[0]!.id }
    const own = linesOf(entry)
    kept.unshift(own.length <= left ? entry : { ...entry, text: own.slice(-left).join('') })
    // Of an entry that is cut, the beginning is still to come.
    if (own.length > left) return { entries: kept, previous: entry.id + 1 }
    left -= own.length
  }
  return { entries: kept }
}
