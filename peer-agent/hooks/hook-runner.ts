import type { CommandHook, Hook, HookName, HttpHook } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { findProcesses } from '../../runtime/process-identity.ts'
import type { LogShipper, LogStream, StreamContext } from '../logs/log-shipper.ts'
import { type CommandEnd, runCommand } from '../process/command.ts'
import { signalGroup } from '../process/process-group.ts'
import type { SystemUser } from '../process/system-user.ts'
import { callOverHttp, type HttpCallEnd } from './http-call.ts'

export interface HookRun {
  readonly name: HookName
  readonly hook: Hook
  /** The release's directory. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Whom a command runs as; as the agent does without one. */
  readonly user?: SystemUser
  /** Refuses a URL that this host does not let hooks call. */
  readonly checkUrl: (url: URL) => void
  readonly attemptId: string
  /** An agent that was killed may have started this very hook: that run is ended first. */
  readonly repeated: boolean
  readonly context: Omit<StreamContext, 'stream'>
  readonly signal: AbortSignal
  /** Hears the exit code of a command, whichever it is, before the hook fails by it. */
  readonly onExit: (code: number) => void
}

interface Dependencies {
  readonly clock: Clock
  readonly logs: LogShipper
}

type Verdict = (said: string) => void

/** So much of a hook's output stands in the error when it fails; all of it is in the log. */
const tailBytes = 300

/**
 * Runs one hook to its end, its output in the log stream `hook.<name>`.
 * A hook may be run twice for one activation, when the agent was killed in it: it must bear that.
 * @throws {RookeryError} HOOK_FAILED with the last line of output, HOOK_TIMEOUT, NOT_ALLOWED_HERE; the signal's reason when aborted.
 */
export async function runHook(run: HookRun, { clock, logs }: Dependencies): Promise<void> {
  let tail = ''
  const onShipped = (bytes: Buffer) => {
    tail = (tail + bytes.toString('utf8')).slice(-tailBytes)
  }
  const stream = logs.open({ ...run.context, stream: `hook.${run.name}` }, onShipped)
  let judge: Verdict
  try {
    judge = 'http' in run.hook ? await call(run, run.hook, stream, clock) : await execute(run, run.hook, stream, clock)
  } finally {
    stream.end()
  }
  const lastLine = tail.trimEnd().split('\n').at(-1) ?? ''
  judge(lastLine === '' ? '' : `: ${lastLine}`)
}

async function execute(run: HookRun, hook: CommandHook, stream: LogStream, clock: Clock): Promise<Verdict> {
  const { directory, environment, user, signal } = run
  const variables = hookVariables(run)
  if (run.repeated) for (const { groupId } of findProcesses(variables)) signalGroup(groupId, 'SIGKILL')
  const { command, deadlineMs } = hook
  const onOutput = (bytes: Buffer) => stream.write(bytes)
  const end = await runCommand(
    { ...{ command, directory, user, deadlineMs, signal, onOutput }, environment: { ...environment, ...variables } },
    clock,
  )
  if (end.is === 'exited') run.onExit(end.code)
  return (said) => judgeCommand(run, deadlineMs, end, said)
}

async function call(run: HookRun, hook: HttpHook, stream: LogStream, clock: Clock): Promise<Verdict> {
  const { signal, checkUrl } = run
  const environment = { ...run.environment, ...hookVariables(run) }
  const onStatus = (status: number, target: string) => stream.write(Buffer.from(`HTTP ${status} from ${target}\n`))
  const onOutput = (bytes: Buffer) => stream.write(bytes)
  const end = await callOverHttp({ hook, environment, checkUrl, signal, onStatus, onOutput }, clock)
  return (said) => judgeCall(run, hook.deadlineMs, end, said)
}

function hookVariables({ name, attemptId }: HookRun): Record<string, string> {
  return { ROOKERY_HOOK: name, ROOKERY_ATTEMPT: attemptId }
}

function judgeCommand({ name, signal }: HookRun, deadlineMs: number, end: CommandEnd, said: string): void {
  switch (end.is) {
    case 'exited':
      if (end.code === 0) return
      throw new RookeryError('HOOK_FAILED', `hook ${name} exited with code ${end.code}${said}`)
    case 'signalled':
      throw new RookeryError('HOOK_FAILED', `hook ${name} was ended by ${end.signal}${said}`)
    case 'timedOut':
      throw new RookeryError('HOOK_TIMEOUT', `hook ${name} did not end in ${deadlineMs} ms and was killed${said}`)
    case 'failedToStart':
      throw new RookeryError('HOOK_FAILED', `hook ${name} could not be started: ${end.reason}`)
    case 'aborted':
      throw signal.reason
  }
}

function judgeCall({ name, signal }: HookRun, deadlineMs: number, end: HttpCallEnd, said: string): void {
  switch (end.is) {
    case 'answered':
      if (end.status >= 200 && end.status < 300) return
      throw new RookeryError('HOOK_FAILED', `hook ${name} got HTTP ${end.status} from ${end.target}${said}`)
    case 'timedOut':
      throw new RookeryError('HOOK_TIMEOUT', `hook ${name} got no whole answer from ${end.target} in ${deadlineMs} ms`)
    case 'failed':
      throw new RookeryError('HOOK_FAILED', `hook ${name} could not call ${end.target}: ${end.reason}`)
    case 'aborted':
      throw signal.reason
  }
}
