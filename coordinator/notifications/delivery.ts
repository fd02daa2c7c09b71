import { type Clock, sleep } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

const attempts = 4
const firstRetryMs = 1_000
const callDeadlineMs = 10_000
/** What may wait for one deaf webhook: more than a large rollout has to say. */
const mostWaiting = 200
/** Client errors of HTTP that may pass; any other refuses for good. */
const passing = new Set([408, 425, 429])

class Refused extends Error {}

/** Messages of one process to its webhooks: to each one after the other, in the order in which they were given. */
export class DeliveryLines {
  readonly #lines = new Map<string, { last: Promise<void>; waiting: number }>()

  /** Resolves once it is delivered or given up. Never rejects: a deaf webhook stops no rollout. */
  deliver(url: string, body: string, dependencies: Dependencies): Promise<void> {
    const line = this.#lines.get(url) ?? { last: Promise.resolve(), waiting: 0 }
    if (line.waiting >= mostWaiting) {
      dependencies.logger.warn(
        { webhook: placeOf(url) },
        `${mostWaiting} messages wait for the webhook; this one is dropped`,
      )
      return Promise.resolve()
    }
    line.waiting++
    line.last = line.last.then(async () => {
      await post(url, body, dependencies)
      if (--line.waiting === 0) this.#lines.delete(url)
    })
    this.#lines.set(url, line)
    return line.last
  }
}

async function post(url: string, body: string, { clock, logger }: Dependencies): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await postOnce(url, body)
    } catch (error) {
      logger.warn({ webhook: placeOf(url), attempt }, `webhook not delivered: ${reasonOf(error)}`)
      if (error instanceof Refused || attempt === attempts) return
      await sleep(clock, firstRetryMs * 2 ** (attempt - 1))
    }
  }
}

async function postOnce(url: string, body: string): Promise<void> {
  if (!URL.canParse(url)) throw new Refused('its address is no URL')
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(callDeadlineMs),
  })
  await response.body?.cancel()
  if (response.ok) return
  const isFinal = response.status < 500 && !passing.has(response.status)
  throw isFinal ? new Refused(`HTTP ${response.status}`) : new Error(`HTTP ${response.status}`)
}

/** The path of a webhook is its secret, and so may be its query: only the host is logged. */
function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '(no URL)'
}

/** `fetch` hides why behind its own words. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${errorMessage(error)}${cause}`
}
