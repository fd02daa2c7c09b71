import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { Clock } from '../../runtime/clock.ts'
import { sleep } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { jittered, type Random } from '../../runtime/random.ts'
import { type ApiRequest, type Endpoint, openApi, unreachable } from './http.ts'

/** What a followed stream tells: it is open (again), a message came, or the coordinator is away and will be asked again. */
export type StreamItem =
  | { readonly kind: 'open' }
  | { readonly kind: 'message'; readonly message: EventSourceMessage }
  | { readonly kind: 'lost'; readonly error: RookeryError }

export interface StreamOptions {
  /** Id of the last message that is known already; the stream goes on after it. */
  readonly lastEventId?: string
  readonly signal?: AbortSignal
}

export interface StreamDependencies {
  readonly clock: Clock
  readonly random: Random
}

/** First wait before a reconnect; doubles up to the longest one. */
const firstRetryMs = 250
const longestRetryMs = 5_000
/** Longer than any restart or upgrade of a coordinator; a script that waits must end some day. */
const giveUpMs = 10 * 60_000
/** One message holds at most a log chunk of 64 KiB, which JSON may blow up sixfold. */
const maxMessageChars = 1024 * 1024

/**
 * Server-sent events (WHATWG HTML, section 9.2) of one route, followed across restarts of the coordinator with Last-Event-ID.
 * Ends only by the signal or the consumer.
 * @throws {RookeryError} a refusal that asking again does not change; UNREACHABLE once nobody answered for ten minutes.
 */
export async function* followStream(
  endpoint: Endpoint,
  request: ApiRequest,
  options: StreamOptions,
  dependencies: StreamDependencies,
): AsyncGenerator<StreamItem> {
  const { clock, random } = dependencies
  let { lastEventId } = options
  let retryMs = firstRetryMs
  let lastContactMs = clock.monotonicMs()
  while (!options.signal?.aborted) {
    try {
      for await (const item of readOnce(endpoint, request, { ...options, lastEventId })) {
        if (item.kind === 'message' && item.message.id !== undefined) lastEventId = item.message.id
        retryMs = firstRetryMs
        yield item
        lastContactMs = clock.monotonicMs()
      }
    } catch (error) {
      if (options.signal?.aborted) return
      if (!(error instanceof RookeryError) || !error.kind.retryable) throw error
      if (clock.monotonicMs() - lastContactMs > giveUpMs) throw error
      yield { kind: 'lost', error }
    }
    await sleep(clock, jittered(retryMs, 0.25, random), options.signal).catch(() => {})
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

async function* readOnce(endpoint: Endpoint, request: ApiRequest, options: StreamOptions): AsyncGenerator<StreamItem> {
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (options.lastEventId !== undefined) headers['last-event-id'] = options.lastEventId
  // A consumer that leaves before the first message has not begun to read the body, and nothing else would close it.
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  try {
    const response = await openApi(endpoint, { ...request, headers, signal })
    yield { kind: 'open' }
    yield* messagesOf(response)
  } catch (error) {
    if (options.signal?.aborted || error instanceof RookeryError) throw error
    throw unreachable(endpoint, error)
  } finally {
    left.abort()
  }
  throw new RookeryError('UNREACHABLE', `the coordinator at ${endpoint.url} closed the stream`)
}

async function* messagesOf(response: Response): AsyncGenerator<StreamItem> {
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => messages.push(message), maxBufferSize: maxMessageChars })
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    for (const message of messages.splice(0)) yield { kind: 'message', message }
  }
}
