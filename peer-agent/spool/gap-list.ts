import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { joinLosses, type Losses } from './losses.ts'

/** Records that were dropped, numbers inclusive. */
export interface DroppedRange extends Losses {
  readonly first: number
  readonly last: number
  readonly bytes: number
}

/** Earlier versions noted only how much it was. */
type StoredRange = Omit<DroppedRange, keyof Losses> & Partial<Losses>

/** What was dropped from the head of the spool for want of room and not yet told: kept in a file of its own. */
export class GapList {
  readonly #path: string
  #ranges: DroppedRange[]

  constructor(path: string) {
    this.#path = path
    this.#ranges = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StoredRange[]).map(asRange) : []
  }

  get ranges(): readonly DroppedRange[] {
    return this.#ranges
  }

  /** The last number that was dropped; 0 when none was. */
  get last(): number {
    return this.#ranges.at(-1)?.last ?? 0
  }

  /** Adds a range behind the others; joined to the last one unless that one was sent already (`sentThrough`). */
  add(range: DroppedRange, sentThrough: number): void {
    const previous = this.#ranges.at(-1)
    if (previous && previous.last > sentThrough) {
      const bytes = previous.bytes + range.bytes
      const joined = { first: previous.first, last: range.last, bytes, ...joinLosses(previous, range) }
      this.#ranges = [...this.#ranges.slice(0, -1), joined]
    } else this.#ranges = [...this.#ranges, range]
    this.#save()
  }

  acknowledge(number: number): void {
    const left = this.#ranges.filter((range) => range.last > number)
    if (left.length === this.#ranges.length) return
    this.#ranges = left
    this.#save()
  }

  #save(): void {
    if (this.#ranges.length === 0) return rmSync(this.#path, { force: true })
    const file = openSync(`${this.#path}.tmp`, 'w', 0o600)
    try {
      writeSync(file, JSON.stringify(this.#ranges))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${this.#path}.tmp`, this.#path)
  }
}

function asRange(stored: StoredRange): DroppedRange {
  return { streams: [], otherBytes: stored.bytes, ...stored }
}
