import { type ChildProcess, spawn } from 'node:child_process'
import type { CommandLine } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import { launchAs } from './launch.ts'
import { signalGroup } from './process-group.ts'
import type { SystemUser } from './system-user.ts'

export interface CommandOptions {
  readonly command: CommandLine
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Whom it runs as; as the agent does without one. */
  readonly user?: SystemUser
  readonly deadlineMs: number
  /** Kills the command when it is aborted. */
  readonly signal: AbortSignal
  readonly onOutput: (bytes: Buffer) => void
}

/** How a command ended. `failedToStart` carries the system's reason. */
export type CommandEnd =
  | { readonly is: 'exited'; readonly code: number }
  | { readonly is: 'signalled'; readonly signal: string }
  | { readonly is: 'timedOut' }
  | { readonly is: 'aborted' }
  | { readonly is: 'failedToStart'; readonly reason: string }

/** A background process of a command that ended may hold its output open: it is listened to for so long. */
const outputGraceMs = 500

/** Runs a command in a process group of its own. A deadline or an abort kills the whole group. Never throws. */
export function runCommand(options: CommandOptions, clock: Clock): Promise<CommandEnd> {
  const { signal, deadlineMs } = options
  if (signal.aborted) return Promise.resolve({ is: 'aborted' })
  return new Promise((resolve) => {
    let child: ChildProcess
    try {
      child = start(options)
    } catch (error) {
      return resolve({ is: 'failedToStart', reason: errorMessage(error) })
    }
    let verdict: CommandEnd | undefined
    const kill = (end: CommandEnd) => {
      verdict ??= end
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    }
    const onAbort = () => kill({ is: 'aborted' })
    signal.addEventListener('abort', onAbort, { once: true })
    const deadline = clock.after(deadlineMs, () => kill({ is: 'timedOut' }))
    const finish = (end: CommandEnd) => {
      deadline.cancel()
      signal.removeEventListener('abort', onAbort)
      child.stdout?.destroy()
      child.stderr?.destroy()
      resolve(verdict ?? end)
    }
    child.on('error', (error) => {
      if (child.pid === undefined) finish({ is: 'failedToStart', reason: error.message })
    })
    child.on('exit', (code, endSignal) => {
      const end: CommandEnd = code === null ? { is: 'signalled', signal: endSignal! } : { is: 'exited', code }
      const grace = clock.after(outputGraceMs, () => finish(end))
      child.once('close', () => {
        grace.cancel()
        finish(end)
      })
    })
  })
}

function start({ command, directory, environment, user, onOutput }: CommandOptions): ChildProcess {
  const launch = launchAs(user, command, environment)
  const child = spawn(launch.file, launch.args, {
    cwd: directory,
    env: launch.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.on('data', onOutput)
  child.stderr.on('data', onOutput)
  return child
}
