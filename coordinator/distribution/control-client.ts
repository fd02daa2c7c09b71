import { errorMessage, isErrorCode, RookeryError } from '../../runtime/errors.ts'
import type { Problem } from '../../runtime/http-server.ts'

interface ControlTarget {
  /** What the service is called in errors, e.g. `tracker`. */
  readonly name: string
  readonly controlUrl: string
  /** Shows our certificate and takes only that service's answer; the plain one in a trial on one machine. */
  readonly fetch?: typeof globalThis.fetch
}

const callDeadlineMs = 10_000

/** Calls the control API of a tracker or seeder. */
export class ControlClient {
  readonly #target: ControlTarget

  constructor(target: ControlTarget) {
    this.#target = target
  }

  /**
   * @returns the JSON body, or undefined when there is none.
   * @throws {RookeryError} UNAVAILABLE when the service does not answer; its own code when it refuses.
   */
  async call<T>(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const { name, controlUrl, fetch = globalThis.fetch } = this.#target
    let response: Response
    try {
      response = await fetch(new URL(path, controlUrl), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(callDeadlineMs),
      })
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      throw new RookeryError('UNAVAILABLE', `the ${name} at ${controlUrl} does not answer: ${errorMessage(cause)}`, {
        cause: error,
      })
    }
    const text = await response.text()
    if (!response.ok) throw refusal(name, response.status, text)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

function refusal(name: string, status: number, text: string): RookeryError {
  let problem: Partial<Problem> = {}
  try {
    problem = JSON.parse(text)
  } catch {
    // Not one of our services answers there; the status says enough.
  }
  const code = problem.code !== undefined && isErrorCode(problem.code) ? problem.code : 'UNAVAILABLE'
  return new RookeryError(code, `the ${name} refused: ${problem.detail ?? `HTTP ${status}`}`)
}
