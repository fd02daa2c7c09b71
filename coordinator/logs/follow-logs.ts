import type { LogReader } from './log-reader.ts'
import type { StoredLogEntry } from './log-rows.ts'
import type { LogSelection } from './log-selection.ts'
import type { LogStore } from './log-store.ts'

interface Watcher {
  isGone(): boolean
  /** Resolves once so much was taken that more may be sent. */
  taken(): Promise<void>
  send(entry: StoredLogEntry): void
  onGone(task: () => void): void
}

const entriesAtOnce = 500

/**
 * Sends what is stored behind `from`, and then what comes, until the watcher leaves; without `from`, what comes. All of it
 * is read page by page, so that a watcher who is slow is sent less at once, and nothing twice or in another order.
 */
export async function followLogs(
  watcher: Watcher,
  { selection, from }: { selection: LogSelection; from: number | undefined },
  { store, reader }: { store: LogStore; reader: LogReader },
): Promise<void> {
  let wake = () => {}
  let hasNews = true
  const news = () => {
    hasNews = true
    wake()
  }
  const unsubscribe = store.subscribe((entry) => {
    if (!hasNews && selection.isWanted(entry)) news()
  })
  watcher.onGone(() => {
    unsubscribe()
    wake()
  })
  let after = from ?? (await store.newestId())
  while (!watcher.isGone()) {
    hasNews = false
    const page = await reader.page(selection, { after, limit: entriesAtOnce }, false)
    for (const entry of page.entries) watcher.send(entry)
    after = page.next
    await watcher.taken()
    if (!page.done || hasNews || watcher.isGone()) continue
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
}
