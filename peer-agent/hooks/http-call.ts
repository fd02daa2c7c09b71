import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { HttpHook } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import { substituted } from '../process/environment.ts'

export interface HttpCallOptions {
  readonly hook: HttpHook
  /** Replaces `${NAME}` in URL, headers and body. */
  readonly environment: Readonly<Record<string, string>>
  /** Throws when the URL must not be called. */
  readonly checkUrl: (url: URL) => void
  /** Ends the call when it is aborted. */
  readonly signal: AbortSignal
  /** The answer begins. */
  readonly onStatus: (status: number, target: string) => void
  /** The first 8 KiB of its text. */
  readonly onOutput: (bytes: Buffer) => void
}

/** How a call ended. `target` is method and URL as they may be shown: without credentials and query. */
export type HttpCallEnd =
  | { readonly is: 'answered'; readonly status: number; readonly target: string }
  | { readonly is: 'timedOut'; readonly target: string }
  | { readonly is: 'failed'; readonly target: string; readonly reason: string }
  | { readonly is: 'aborted' }

/** So much of an answer goes to `onOutput`; the rest is read and dropped. */
const maxOutputBytes = 8 * 1024

/**
 * Calls once and reads the answer to its end, which may be what says that the work is done. No redirect is followed.
 * @throws what `checkUrl` does, and nothing else.
 */
export async function callOverHttp(options: HttpCallOptions, clock: Clock): Promise<HttpCallEnd> {
  const { hook, environment } = options
  if (options.signal.aborted) return { is: 'aborted' }
  const method = hook.method ?? 'POST'
  try {
    const url = new URL(substituted(hook.http, environment))
    options.checkUrl(url)
    const headers = Object.fromEntries(
      Object.entries(hook.headers ?? {}).map(([name, value]) => [name, substituted(value, environment)]),
    )
    const body = hook.body === undefined ? undefined : substituted(hook.body, environment)
    return await call({ url, method, headers: { 'user-agent': 'rookery-agent', ...headers }, body }, options, clock)
  } catch (error) {
    if (error instanceof RookeryError) throw error
    return { is: 'failed', target: `${method} ${hook.http}`, reason: errorMessage(error) }
  }
}

interface HttpCall {
  readonly url: URL
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

function call({ url, method, headers, body }: HttpCall, options: HttpCallOptions, clock: Clock): Promise<HttpCallEnd> {
  const { hook, signal, onStatus, onOutput } = options
  const target = `${method} ${url.origin}${url.pathname}`
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  const cut = new AbortController()
  return new Promise((resolve, reject) => {
    const finish = (end: HttpCallEnd) => {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      resolve(end)
      cut.abort()
    }
    const onAbort = () => finish({ is: 'aborted' })
    const onError = (error: Error) => finish({ is: 'failed', target, reason: errorMessage(error) })
    const timer = clock.after(hook.deadlineMs, () => finish({ is: 'timedOut', target }))
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      request(url, { method, headers, agent: false, signal: cut.signal }, (response) => {
        const status = response.statusCode ?? 0
        onStatus(status, target)
        let left = maxOutputBytes
        response.on('data', (chunk: Buffer) => {
          if (left > 0) onOutput(chunk.subarray(0, left))
          left -= chunk.length
        })
        response.on('end', () => finish({ is: 'answered', status, target }))
        response.on('error', onError)
      })
        .on('error', onError)
        .end(body)
    } catch (error) {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
      reject(error)
    }
  })
}
