import { type Clock, sleep } from '../../runtime/clock.ts'
import { groupIsAlive } from '../../runtime/process-identity.ts'

/** Every process a command of ours starts stands in a group of its own, so that it can be ended as a whole. */

const pollMs = 25
/** After SIGKILL only the kernel is waited for; what hangs in it (a dead network disk) is left to it. */
const killDeadlineMs = 2_000

/** Sends to the whole group; nothing happens when it has ended. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Asks the group to end with `signal`, kills what is left after `deadlineMs`, and resolves once nothing of it is alive. */
export async function endGroup(
  groupId: number,
  { signal, deadlineMs }: { signal: NodeJS.Signals; deadlineMs: number },
  clock: Clock,
): Promise<{ killed: boolean }> {
  signalGroup(groupId, signal)
  if (await groupEnds(groupId, deadlineMs, clock)) return { killed: false }
  signalGroup(groupId, 'SIGKILL')
  await groupEnds(groupId, killDeadlineMs, clock)
  return { killed: true }
}

async function groupEnds(groupId: number, deadlineMs: number, clock: Clock): Promise<boolean> {
  const untilMs = clock.monotonicMs() + deadlineMs
  while (groupIsAlive(groupId)) {
    if (clock.monotonicMs() >= untilMs) return false
    await sleep(clock, pollMs)
  }
  return true
}
