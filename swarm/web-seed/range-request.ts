import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import { isWebSeedUrl } from '../metainfo/url-list.ts'

/** A connection that brings nothing for so long is given up; peers or the next mirror are asked meanwhile. */
const silenceMs = 10_000
/** A server that drips bytes just before each silence ends must not hold a piece for ever. */
const minBytesPerSecond = 4 * 1024
/** A server without ranges sends the whole file: more than this is not thrown away to reach a piece. */
const maxSkippedBytes = 4 * 1024 * 1024
const maxRedirects = 5
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** A server that is busy, rather than one that has no such file. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

export interface RangeRequest {
  readonly url: URL
  /** Headers by origin; a redirect to another origin takes none along. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly fetch?: typeof globalThis.fetch
  readonly firstByte: number
  readonly lengthBytes: number
  /** Length of the whole file. */
  readonly fileBytes: number
}

/** An answer that is of no use. */
export class BadAnswer extends Error {
  /** The same request would fail again: the file is not there, or the server does not do what we need. */
  readonly isLasting: boolean
  /** What the server asked for (RFC 9110, section 10.2.3). */
  readonly retryAfterMs: number | undefined

  constructor(message: string, { isLasting = false, retryAfterMs }: { isLasting?: boolean; retryAfterMs?: number }) {
    super(message)
    this.name = 'BadAnswer'
    this.isLasting = isLasting
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Reads a range of a file (RFC 9110, section 14) and passes it on as it comes, in order.
 * @throws {BadAnswer}; the signal's reason when it was aborted.
 */
export async function readRange(
  request: RangeRequest,
  onBytes: (bytes: Uint8Array) => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const watchdog = new Watchdog(clock, request.lengthBytes)
  try {
    const response = await open(request, AbortSignal.any([signal, watchdog.signal]), clock)
    await readBody(response, request, (bytes) => {
      watchdog.fed()
      if (bytes.length > 0) onBytes(bytes)
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof BadAnswer) throw error
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new BadAnswer(errorMessage(watchdog.signal.aborted ? watchdog.signal.reason : cause), {})
  } finally {
    watchdog.stop()
  }
}

/** The answer with its body unread, checked to be what was asked for; redirects are followed. */
async function open(request: RangeRequest, signal: AbortSignal, clock: Clock): Promise<Response> {
  const { firstByte, lengthBytes, headers, fetch = globalThis.fetch } = request
  const range = `bytes=${firstByte}-${firstByte + lengthBytes - 1}`
  let { url } = request
  for (let hops = 0; hops <= maxRedirects; hops++) {
    // A compressed body has other ranges than the file.
    const all = { ...headers[url.origin], range, 'accept-encoding': 'identity' }
    const response = await fetch(url, { headers: all, redirect: 'manual', signal })
    const fault = redirects.has(response.status) ? undefined : faultOf(response, request, clock)
    if (!redirects.has(response.status) && !fault) return response
    await response.body?.cancel()
    if (fault) throw fault
    url = redirectTarget(response, url)
  }
  throw new BadAnswer(`redirected more than ${maxRedirects} times`, { isLasting: true })
}

function redirectTarget(response: Response, from: URL): URL {
  const location = response.headers.get('location')
  const target = location === null ? null : URL.parse(location, from.href)
  if (!target || !isWebSeedUrl(target.href)) throw new BadAnswer('redirected to nowhere', { isLasting: true })
  return target
}

function faultOf({ status, headers }: Response, request: RangeRequest, clock: Clock): BadAnswer | undefined {
  const { firstByte, lengthBytes, fileBytes } = request
  const lasting = (message: string) => new BadAnswer(message, { isLasting: true })
  if (status !== 200 && status !== 206) {
    const retryAfterMs = parseRetryAfter(headers.get('retry-after'), clock.now())
    return new BadAnswer(`HTTP ${status}`, { isLasting: !passingStatuses.has(status), retryAfterMs })
  }
  const encoding = headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') return lasting(`a body in the encoding ${encoding}`)
  const length = headers.get('content-length')
  const expectedBytes = status === 206 ? lengthBytes : fileBytes
  if (length !== null && Number(length) !== expectedBytes)
    return lasting(`a body of ${length} bytes, ${expectedBytes} were expected`)
  if (status === 200)
    return firstByte > maxSkippedBytes ? lasting('no ranges: the whole file was sent instead') : undefined
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '')
  const isAsked = range && Number(range[1]) === firstByte && Number(range[2]) === firstByte + lengthBytes - 1
  if (!isAsked)
    return lasting(`the range ${headers.get('content-range') ?? 'of no name'} was sent, not the one asked for`)
  if (range[3] !== '*' && Number(range[3]) !== fileBytes)
    return lasting(`the file has ${range[3]} bytes there, the torrent says ${fileBytes}`)
  return undefined
}

/** Takes the range out of the body; of a whole file (200), what comes before it is passed over and what follows is not read. */
async function readBody(
  { status, body }: Response,
  { firstByte, lengthBytes }: RangeRequest,
  onBytes: (bytes: Uint8Array) => void,
): Promise<void> {
  const isWholeFile = status === 200
  let skip = isWholeFile ? firstByte : 0
  let left = lengthBytes
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    const bytes = chunk.subarray(skip)
    skip -= chunk.length - bytes.length
    if (bytes.length > left && !isWholeFile)
      throw new BadAnswer(`more than the ${lengthBytes} bytes asked for`, { isLasting: true })
    const wanted = bytes.subarray(0, left)
    left -= wanted.length
    onBytes(wanted)
    if (left === 0 && isWholeFile) return
  }
  if (left > 0) throw new BadAnswer(`the body ended ${left} bytes early`, {})
}

/** Milliseconds to wait, of a count of seconds or a date; undefined when there is none to be read. */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000
  const atMs = Date.parse(value)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}

/** Aborts when nothing comes for too long, or all of it takes too long. */
class Watchdog {
  readonly #abort = new AbortController()
  readonly #clock: Clock
  readonly #deadline: Timer
  #silence: Timer

  constructor(clock: Clock, lengthBytes: number) {
    this.#clock = clock
    const allowedMs = silenceMs + (lengthBytes / minBytesPerSecond) * 1_000
    this.#deadline = clock.after(allowedMs, () => this.#bite(`not done after ${Math.round(allowedMs)} ms`))
    this.#silence = this.#listen()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  fed(): void {
    this.#silence.cancel()
    this.#silence = this.#listen()
  }

  stop(): void {
    this.#silence.cancel()
    this.#deadline.cancel()
  }

  #listen(): Timer {
    return this.#clock.after(silenceMs, () => this.#bite(`nothing came for ${silenceMs} ms`))
  }

  #bite(reason: string): void {
    this.#abort.abort(new Error(reason))
  }
}
