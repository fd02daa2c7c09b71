import type { Hook, HookName } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import { findProcesses } from '../../runtime/process-identity.ts'
import type { LogShipper, StreamContext } from '../logs/log-shipper.ts'
import { type CommandEnd, runCommand } from '../process/command.ts'
import { signalGroup } from '../process/process-group.ts'

export interface HookRun {
  readonly name: HookName
  readonly hook: Hook
  /** The new release's directory. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  readonly attemptId: string
  /** An agent that was killed may have started this very hook: that run is ended first. */
  readonly repeated: boolean
  readonly context: Omit<StreamContext, 'stream'>
  readonly signal: AbortSignal
}

interface Dependencies {
  readonly clock: Clock
  readonly logs: LogShipper
}

/** So much of a hook's output stands in the error when it fails; all of it is in the log. */
const tailBytes = 300

/**
 * Runs one hook to its end, its output in the log stream `hook.<name>`.
 * A hook may be run twice for one activation, when the agent was killed in it: it must bear that.
 * @throws {RookeryError} HOOK_FAILED with the last line of output, HOOK_TIMEOUT; the signal's reason when aborted.
 */
export async function runHook(run: HookRun, { clock, logs }: Dependencies): Promise<void> {
  const variables = hookVariables(run)
  if (run.repeated) for (const { groupId } of findProcesses(variables)) signalGroup(groupId, 'SIGKILL')
  const stream = logs.open({ ...run.context, stream: `hook.${run.name}` })
  let tail = ''
  const end = await runCommand(
    {
      command: run.hook.command,
      directory: run.directory,
      environment: { ...run.environment, ...variables },
      deadlineMs: run.hook.deadlineMs,
      signal: run.signal,
      onOutput: (bytes) => {
        tail = (tail + bytes.toString('utf8')).slice(-tailBytes)
        stream.write(bytes)
      },
    },
    clock,
  )
  stream.end()
  judge(run, end, tail)
}

function hookVariables({ name, attemptId }: HookRun): Record<string, string> {
  return { ROOKERY_HOOK: name, ROOKERY_ATTEMPT: attemptId }
}

function judge({ name, hook, signal }: HookRun, end: CommandEnd, tail: string): void {
  const lastLine = tail.trimEnd().split('\n').at(-1) ?? ''
  const said = lastLine === '' ? '' : `: ${lastLine}`
  switch (end.is) {
    case 'exited':
      if (end.code === 0) return
      throw new RookeryError('HOOK_FAILED', `hook ${name} exited with code ${end.code}${said}`)
    case 'signalled':
      throw new RookeryError('HOOK_FAILED', `hook ${name} was ended by ${end.signal}${said}`)
    case 'timedOut':
      throw new RookeryError('HOOK_TIMEOUT', `hook ${name} did not end in ${hook.deadlineMs} ms and was killed${said}`)
    case 'failedToStart':
      throw new RookeryError('HOOK_FAILED', `hook ${name} could not be started: ${end.reason}`)
    case 'aborted':
      throw signal.reason
  }
}
