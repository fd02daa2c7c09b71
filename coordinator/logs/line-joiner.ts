import type { StoredLogEntry } from './log-rows.ts'

/** A line without an end is taken as it is once it is this long, so that a stream without newlines holds no memory. */
const longestLineChars = 64 * 1024

/** Lines that ended in one entry, without their line breaks. */
export interface EndedLines {
  readonly entry: StoredLogEntry
  readonly lines: readonly string[]
  /** Whether the last line has no line break: its stream ended, or a gap came. */
  readonly isOpen: boolean
}

interface Begun {
  readonly entry: StoredLogEntry
  readonly text: string
}

/**
 * Makes lines of entries, which may end anywhere: each host's each stream of a rollout has its own unfinished line. A line
 * belongs to the entry in which it ends. It ends at a line break, at its greatest length, at a gap, and where its stream does.
 */
export class LineJoiner {
  readonly #begun = new Map<string, Begun>()

  add(entry: StoredLogEntry): EndedLines {
    const key = streamOf(entry)
    const begun = this.#begun.get(key)
    this.#begun.delete(key)
    if (entry.gapBytes > 0) return { entry, lines: begun ? [begun.text] : [], isOpen: begun !== undefined }
    const lines = ((begun?.text ?? '') + entry.text).split('\n')
    const rest = lines.pop()!
    if (rest === '') return { entry, lines, isOpen: false }
    if (entry.final || rest.length >= longestLineChars) return { entry, lines: [...lines, rest], isOpen: true }
    this.#begun.set(key, { entry, text: rest })
    return { entry, lines, isOpen: false }
  }

  /** What was begun and has not ended, each with the entry that holds its last part. */
  unfinished(): EndedLines[] {
    return [...this.#begun.values()].map(({ entry, text }) => ({ entry, lines: [text], isOpen: true }))
  }
}

export function streamOf({ host, stream, rolloutId }: Pick<StoredLogEntry, 'host' | 'stream' | 'rolloutId'>): string {
  return `${host} ${stream} ${rolloutId}`
}
