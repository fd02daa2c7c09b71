import { type Clock, sleep } from '../../runtime/clock.ts'
import { systemErrorCode } from '../../runtime/errors.ts'
import { isRunning, type ProcessIdentity } from '../../runtime/process-identity.ts'

const pollMs = 25

/** Ends a process that is not our child: SIGTERM, and SIGKILL when it has not gone after `deadlineMs`. */
export async function endProcess(
  identity: ProcessIdentity,
  options: { readonly deadlineMs: number /** The whole group it leads. */; readonly group?: boolean },
  clock: Clock,
): Promise<void> {
  const target = options.group ? -identity.pid : identity.pid
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(identity)) return
    send(target, signal)
    const untilMs = clock.monotonicMs() + options.deadlineMs
    while (isRunning(identity) && clock.monotonicMs() < untilMs) await sleep(clock, pollMs)
  }
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error
  }
}
