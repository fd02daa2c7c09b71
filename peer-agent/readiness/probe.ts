import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import type { Probe } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import { runCommand } from '../process/command.ts'
import { substituted } from '../process/environment.ts'
import type { SystemUser } from '../process/system-user.ts'

/** What one probe answered; `detail` is a sentence for people, e.g. "HTTP 503 from http://127.0.0.1:8101/readyz". */
export interface ProbeResult {
  readonly ok: boolean
  readonly detail: string
}

export interface ProbeContext {
  /** The release's directory, where a command probe runs. */
  readonly directory: string
  /** Replaces `${NAME}` in the probe, and is the environment of a command probe. */
  readonly environment: Readonly<Record<string, string>>
  /** Whom a command probe runs as. */
  readonly user?: SystemUser
  /** Takes secrets out of what a command probe said. */
  readonly redact: (text: string) => string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** So much of what a command says last is looked at. */
const maxOutputBytes = 8 * 1024
const shownCharacters = 300

/** Asks once. Never throws: what goes wrong is an answer too. */
export async function askProbe(probe: Probe, context: ProbeContext, clock: Clock): Promise<ProbeResult> {
  try {
    if ('http' in probe) return await askHttp(substituted(probe.http, context.environment), context, clock)
    if ('tcp' in probe) return await askTcp(substituted(probe.tcp, context.environment), context, clock)
    return await askCommand(probe, context, clock)
  } catch (error) {
    return { ok: false, detail: errorMessage(error) }
  }
}

/** Any 2xx is ready; a redirect is not. A new connection each time: an old one may lead to the process before. */
function askHttp(url: string, context: ProbeContext, clock: Clock): Promise<ProbeResult> {
  const target = new URL(url)
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest
  return withTimeout(url, context, clock, (signal, resolve, reject) => {
    request(target, { agent: false, signal, headers: { 'user-agent': 'rookery-agent' } }, (response) => {
      const status = response.statusCode ?? 0
      response.destroy()
      resolve({ ok: status >= 200 && status < 300, detail: `HTTP ${status} from ${url}` })
    })
      .on('error', reject)
      .end()
  })
}

function askTcp(address: string, context: ProbeContext, clock: Clock): Promise<ProbeResult> {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(address.slice(colon + 1))
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return Promise.resolve({ ok: false, detail: `${address}: not a port` })
  return withTimeout(address, context, clock, (signal, resolve, reject) => {
    const socket = connect({ host, port })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.on('error', reject)
    socket.on('connect', () => {
      socket.destroy()
      resolve({ ok: true, detail: `${address} accepts connections` })
    })
  })
}

async function askCommand({ command }: { command: string | string[] }, context: ProbeContext, clock: Clock) {
  const words = Array.isArray(command) ? command : [command]
  const [first = ''] = words
  const replaced = words.map((word) => substituted(word, context.environment))
  let output = ''
  const end = await runCommand(
    {
      // The shell replaces variables itself, and quotes as its user meant it.
      command: Array.isArray(command) ? replaced : command,
      directory: context.directory,
      environment: context.environment,
      user: context.user,
      deadlineMs: context.timeoutMs,
      signal: context.signal,
      onOutput: (bytes) => {
        output = (output + bytes.toString('latin1')).slice(-maxOutputBytes)
      },
    },
    clock,
  )
  // Secrets go out of whole lines: the end of one would not be recognized.
  const lastLine = context.redact(Buffer.from(output, 'latin1').toString('utf8')).trim().split('\n').at(-1) ?? ''
  const said = lastLine === '' ? '' : `: ${lastLine.slice(-shownCharacters)}`
  if (end.is === 'exited') return { ok: end.code === 0, detail: `${first} exited with code ${end.code}${said}` }
  if (end.is === 'timedOut') return { ok: false, detail: `${first} did not end in ${context.timeoutMs} ms` }
  if (end.is === 'failedToStart') return { ok: false, detail: `${first} could not be started: ${end.reason}` }
  return { ok: false, detail: `${first} was ended` }
}

type Ask = (signal: AbortSignal, resolve: (result: ProbeResult) => void, reject: (error: Error) => void) => void

/** Runs `ask`; after the probe's time, or when the check ends, its signal is aborted and it has failed. */
function withTimeout(target: string, context: ProbeContext, clock: Clock, ask: Ask): Promise<ProbeResult> {
  const abort = new AbortController()
  return new Promise((resolve) => {
    const finish = (result: ProbeResult) => {
      timer.cancel()
      context.signal.removeEventListener('abort', onAbort)
      resolve(result)
      abort.abort()
    }
    const onAbort = () => finish({ ok: false, detail: `${target}: the check ended` })
    const timer = clock.after(context.timeoutMs, () =>
      finish({ ok: false, detail: `no answer from ${target} in ${context.timeoutMs} ms` }),
    )
    context.signal.addEventListener('abort', onAbort, { once: true })
    ask(abort.signal, finish, (error) => finish({ ok: false, detail: `${target}: ${failure(error)}` }))
  })
}

/** A connection that fails on every address has a message for each and none of its own. */
function failure(error: Error): string {
  const errors = (error as AggregateError).errors as Error[] | undefined
  return errors ? errors.map(errorMessage).join(', ') : error.message
}
