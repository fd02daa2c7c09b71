import type { LogEntry } from '../../proto/http/logs.ts'
import { formatBytes } from './format.ts'

export interface LogLine {
  readonly entry: LogEntry
  readonly text: string
}

/** A line without an end is printed once it is this long, so that a stream without newlines holds no memory. */
const longestLineChars = 64 * 1024

/** Makes lines of log chunks, which may end anywhere: each host's each stream has its own unfinished line. */
export class LogLineAssembler {
  readonly #unfinished = new Map<string, LogLine>()

  /** The lines that `entry` completes. */
  add(entry: LogEntry): LogLine[] {
    const key = [entry.rolloutId, entry.host, entry.stream].join('\n')
    const begun = this.#unfinished.get(key)
    this.#unfinished.delete(key)
    const lines = ((begun?.text ?? '') + entry.text).split('\n')
    const rest = lines.pop() ?? ''
    const isGap = entry.gapBytes > 0
    if (rest.length >= longestLineChars || (rest !== '' && (isGap || entry.final))) lines.push(rest)
    else if (rest !== '') this.#unfinished.set(key, { entry, text: rest })
    if (isGap) lines.push(gapText(entry))
    return lines.map((text) => ({ entry, text: text.replace(/\r$/, '') }))
  }

  /** What was begun and never ended. */
  flush(): LogLine[] {
    const lines = [...this.#unfinished.values()]
    this.#unfinished.clear()
    return lines
  }
}

function gapText({ gapBytes, gapLimit }: LogEntry): string {
  const size = formatBytes(gapBytes)
  if (gapLimit === 0) return `… ${size} of this log were lost here …`
  return `… ${size} left out: more than ${formatBytes(gapLimit)}/s …`
}
