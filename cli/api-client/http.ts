import { type ErrorCode, errorMessage, type Issue, isErrorCode, RookeryError } from '../../runtime/errors.ts'
import { fetchOf } from './transport.ts'

export interface Endpoint {
  /** `http://host:port`, without a path. */
  readonly url: string
  readonly token?: string
  /** Certificates to trust there, as PEM; the system's own without it. */
  readonly authorities?: string
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v1`, starting with a slash. */
  readonly path: string
  readonly query?: object
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** The coordinator answers every call at once; only the checking of a large artifact takes longer. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 30_000

/**
 * One call; resolves with the JSON of the answer, undefined for 204.
 * @throws {RookeryError} with the code of the problem document, or UNREACHABLE.
 */
export async function callApi(endpoint: Endpoint, request: ApiRequest): Promise<unknown> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs)
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
  try {
    const response = await openApi(endpoint, { ...request, signal })
    if (response.status === 204) return undefined
    return await json(endpoint, response)
  } catch (error) {
    if (timeout.aborted && !request.signal?.aborted) {
      throw new RookeryError('UNREACHABLE', `the coordinator at ${endpoint.url} does not answer`, { cause: error })
    }
    throw error
  }
}

/** One call whose answer the caller reads himself. @throws {RookeryError} like callApi, for anything but 2xx. */
export async function openApi(endpoint: Endpoint, request: ApiRequest): Promise<Response> {
  const response = await send(endpoint, request)
  if (response.ok) return response
  throw await problemOf(endpoint, response)
}

async function send(endpoint: Endpoint, request: ApiRequest): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers }
  if (endpoint.token !== undefined) headers.authorization = `Bearer ${endpoint.token}`
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  try {
    const fetch = await fetchOf(endpoint)
    return await fetch(urlOf(endpoint, request), {
      method: request.method ?? 'GET',
      headers,
      redirect: 'error',
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: request.signal,
    })
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw unreachable(endpoint, error)
  }
}

function urlOf(endpoint: Endpoint, request: ApiRequest): URL {
  const url = new URL(`/api/v1${request.path}`, endpoint.url)
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value))
  }
  return url
}

/** What a broken connection means to the caller: nobody answers there, or not any more. */
export function unreachable(endpoint: Endpoint, error: unknown): RookeryError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  // A name with several addresses fails with one error an address and no message of its own.
  const reasons = cause instanceof AggregateError ? cause.errors.map(errorMessage) : [errorMessage(cause)]
  return new RookeryError('UNREACHABLE', `cannot reach the coordinator at ${endpoint.url}: ${reasons.join('; ')}`, {
    cause: error,
  })
}

async function json(endpoint: Endpoint, response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    if (error instanceof SyntaxError) throw notACoordinator(endpoint, response)
    throw error instanceof TypeError ? unreachable(endpoint, error) : error
  }
}

async function problemOf(endpoint: Endpoint, response: Response): Promise<RookeryError> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.includes('json')) {
    await response.body?.cancel()
    return response.status >= 500 ? gatewayError(endpoint, response) : notACoordinator(endpoint, response)
  }
  const problem = (await json(endpoint, response)) as { code?: string; detail?: string; issues?: Issue[] }
  const code = problem.code !== undefined && isErrorCode(problem.code) ? problem.code : codeOfStatus(response.status)
  return new RookeryError(code, problem.detail ?? `HTTP ${response.status}`, { issues: problem.issues })
}

/** For a code this build does not know, which a newer coordinator may send. */
function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 429) return 'RATE_LIMITED'
  if (status === 404) return 'NOT_FOUND'
  if (status === 409) return 'CONFLICT'
  if (status >= 502 && status <= 504) return 'UNAVAILABLE'
  return status < 500 ? 'REQUEST_INVALID' : 'INTERNAL'
}

/** A proxy before the coordinator says in its own words that it cannot reach it. */
function gatewayError(endpoint: Endpoint, response: Response): RookeryError {
  return new RookeryError('UNREACHABLE', `${endpoint.url} answers HTTP ${response.status}`)
}

function notACoordinator(endpoint: Endpoint, response: Response): RookeryError {
  const type = response.headers.get('content-type') ?? 'no content type'
  return new RookeryError(
    'UNREACHABLE',
    `what answers at ${endpoint.url} is not a coordinator (HTTP ${response.status}, ${type})`,
  )
}
