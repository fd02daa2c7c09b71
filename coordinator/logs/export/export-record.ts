import { type LineLevel, levelOf } from '../../../runtime/log-level.ts'
import type { StoredLogEntry } from '../log-rows.ts'

/** One line on its way out, or a gap. */
export interface ExportRecord {
  /** Of the entry in which it ends; several lines have the same. */
  readonly id: number
  readonly atMs: number
  readonly host: string
  readonly app: string
  readonly stream: string
  readonly rolloutId: string
  readonly releaseId: string
  /** Undefined when the line tells none. */
  readonly level: LineLevel | undefined
  readonly text: string
  /** Not 0 for a gap. */
  readonly gapBytes: number
}

/** Where records go; one that is not reached rejects, and is given the same records again. */
export interface ExportTarget {
  /** @throws {Refused} when it will never take these. */
  send(records: readonly ExportRecord[]): Promise<void>
  close(): Promise<void>
}

/** What will not be taken, however often it is sent. */
export class Refused extends Error {}

/** The lines of an entry whose text is whole lines, and the gap behind them. */
export function recordsOf({ text, gapBytes, gapLimit, ...entry }: StoredLogEntry): ExportRecord[] {
  const { id, atMs, host, app, stream, rolloutId, releaseId } = entry
  const about = { id, atMs, host, app, stream, rolloutId, releaseId }
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const records = lines.map((line): ExportRecord => {
    const said = line.replace(/\r$/, '')
    return { ...about, level: levelOf(said), text: said, gapBytes: 0 }
  })
  if (gapBytes === 0) return records
  const why = gapLimit === 0 ? 'were lost here' : `were left out: more than ${gapLimit} a second`
  return [...records, { ...about, level: 'warn', text: `${gapBytes} bytes of this log ${why}`, gapBytes }]
}
