import type { Scrape } from '../../proto/release-manifest.ts'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { substituted } from '../process/environment.ts'
import type { Counters } from './counters.ts'
import { readPrometheusText } from './prometheus-text.ts'
import { ScrapeSums } from './scrape-sums.ts'

interface Dependencies {
  readonly counters: Counters
  readonly clock: Clock
  readonly logger: Logger
}

interface Watch {
  readonly url: string
  readonly periodMs: number
  readonly stopped: AbortController
}

/** A page that is larger is not read to its end: no app has so much to say. */
const maxPageBytes = 8 * 1024 * 1024
const timeoutMs = 5_000

/** Asks apps that say so in their release for their `/metrics` page, again and again. */
export class Scraper {
  readonly #dependencies: Dependencies
  readonly #watches = new Map<string, Watch>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** From now on this, or nothing. @param environment replaces `${NAME}` in the URL. */
  follow(app: string, scrape: Scrape | undefined, environment: Readonly<Record<string, string>>): void {
    const { logger } = this.#dependencies
    this.stop(app)
    if (!scrape) return
    try {
      const watch = {
        url: substituted(scrape.url, environment),
        periodMs: scrape.periodMs,
        stopped: new AbortController(),
      }
      this.#watches.set(app, watch)
      void this.#run(app, watch)
    } catch (error) {
      logger.warn({ app }, `its counters are not scraped: ${errorMessage(error)}`)
    }
  }

  stop(app: string): void {
    this.#watches.get(app)?.stopped.abort()
    this.#watches.delete(app)
  }

  /** Never rejects. A failure is told when it begins. */
  async #run(app: string, { url, periodMs, stopped }: Watch): Promise<void> {
    const { counters, clock, logger } = this.#dependencies
    const sums = new ScrapeSums()
    let fails = false
    while (!stopped.signal.aborted) {
      try {
        this.#count(app, await readPage(url, stopped.signal), sums)
        fails = false
      } catch (error) {
        if (stopped.signal.aborted) return
        counters.observe('scrape_failures', 1, { app })
        if (!fails) logger.warn({ app, url }, `its counters cannot be scraped: ${errorMessage(error)}`)
        fails = true
      }
      await sleep(clock, periodMs, stopped.signal).catch(() => {})
    }
  }

  #count(app: string, page: string, sums: ScrapeSums): void {
    const { counters } = this.#dependencies
    const { samples, malformed } = readPrometheusText(page)
    const refused = sums.take(samples, counters.tally(app))
    if (malformed > 0) counters.observe('counters_malformed', malformed, { app })
    if (refused > 0) counters.observe('counters_refused', refused, { app })
  }
}

async function readPage(url: string, stopped: AbortSignal): Promise<string> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)])
  const response = await fetch(url, {
    signal,
    redirect: 'error',
    headers: { accept: 'text/plain;version=0.0.4', 'user-agent': 'rookery-agent' },
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`HTTP ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxPageBytes) throw new Error(`its page is larger than ${maxPageBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
