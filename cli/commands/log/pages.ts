import type { LogEntry, LogPage, LogStreamQuery } from '../../../proto/http/logs.ts'
import type { Invocation } from '../../invocation.ts'
import { formatBytes } from '../../terminal/format.ts'

interface Printer {
  print(entry: LogEntry): void
}

type Removed = LogPage['removed'][number]

const pageEntries = 1_000
/** The most lines that one answer holds. */
const pageLines = 10_000

/** Prints all there is behind `query.after`. */
export async function readPages(invocation: Invocation, query: LogStreamQuery, printer: Printer): Promise<void> {
  for (let after = query.after, done = false; !done; ) {
    const page = await invocation.api.queryLogs({ ...query, after, limit: pageEntries })
    noteRemoved(invocation, page.removed)
    for (const entry of page.entries) printer.print(entry)
    after = page.next
    done = page.done
  }
}

/** Prints the last lines. @returns the id of the newest entry that was looked at. */
export async function readTail(
  invocation: Invocation,
  { after: _, ...query }: LogStreamQuery,
  lines: number,
  printer: Printer,
): Promise<number> {
  const pages: LogPage[] = []
  for (let left = lines, done = false; left > 0 && !done; ) {
    const before = pages[0]?.previous
    const page = await invocation.api.queryLogs({ ...query, before, tail: Math.min(left, pageLines) })
    pages.unshift(page)
    left -= page.entries.reduce((sum, { text, gapBytes }) => sum + countLines(text) + (gapBytes > 0 ? 1 : 0), 0)
    done = page.done || page.previous <= 1
  }
  noteRemoved(
    invocation,
    pages.flatMap(({ removed }) => removed),
  )
  for (const { entries } of pages) for (const entry of entries) printer.print(entry)
  return pages.at(-1)?.next ?? 0
}

/** What is not there any more is said, so that nobody takes it for never written. */
function noteRemoved({ output }: Invocation, removed: readonly Removed[]): void {
  const gone = removed.filter(({ file }) => file === null)
  if (gone.length > 0) output.note(`… ${extent(gone)} were removed by age or size and are gone …`)
  const archived = removed.filter(({ file }) => file !== null)
  if (archived.length > 0) output.note(`… ${extent(archived)} are archived on the coordinator: ${files(archived)} …`)
}

function extent(removed: readonly Removed[]): string {
  const days = removed.map(({ day }) => day).sort()
  const [first, last] = [days[0]!, days.at(-1)!]
  const bytes = removed.reduce((sum, one) => sum + one.bytes, 0)
  return `${formatBytes(bytes)} of ${first === last ? first : `${first} to ${last}`}`
}

function files(removed: readonly Removed[]): string {
  const all = [...new Set(removed.map(({ file }) => file!))]
  return all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ')
}

function countLines(text: string): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
