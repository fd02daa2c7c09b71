import { request } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { errorMessage, isErrorCode, RookeryError } from '../runtime/errors.ts'
import type { Problem } from '../runtime/http-server.ts'

interface JsonRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly body?: unknown
  /** Whom to trust, and who we are. */
  readonly tls: ConnectionOptions
}

const deadlineMs = 15_000
const maxAnswerBytes = 8 * 1024 * 1024

/**
 * One small call to the coordinator before there is a session, without the weight of a whole HTTP client in every agent.
 * @throws {RookeryError} UNREACHABLE; the code of the problem document when it refuses.
 */
export async function httpsJson({ method, url, body, tls }: JsonRequest): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const { status, answer } = await new Promise<{ status: number; answer: string }>((resolve, reject) => {
    const call = request(
      url,
      {
        ...tls,
        method,
        agent: false,
        signal: AbortSignal.timeout(deadlineMs),
        headers:
          text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > maxAnswerBytes) return response.destroy(new Error('the answer is too long'))
          chunks.push(chunk)
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString() }),
        )
        response.on('error', reject)
      },
    )
    call.on('error', reject)
    call.end(text)
  }).catch((error) => {
    throw new RookeryError('UNREACHABLE', `cannot reach the coordinator at ${url.origin}: ${errorMessage(error)}`, {
      cause: error,
    })
  })
  const value = parsed(answer)
  if (status >= 200 && status < 300 && value !== undefined) return value
  const { code, detail } = (value ?? {}) as Partial<Problem>
  throw new RookeryError(
    code !== undefined && isErrorCode(code) ? code : 'UNREACHABLE',
    `the coordinator at ${url.origin} refused: ${detail ?? `HTTP ${status}`}`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
