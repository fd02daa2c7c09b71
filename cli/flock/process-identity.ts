import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Clock, sleep } from '../../runtime/clock.ts'
import { systemErrorCode } from '../../runtime/errors.ts'

/** A process that can be told from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; differs for any two processes of the same pid, also across a reboot. */
  readonly startedAt: string
}

const pollMs = 25

/** Undefined when no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startOf(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid)
  return now !== undefined && now.startedAt === identity.startedAt
}

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

/** The start in clock ticks since the boot (proc(5), field 22 of stat) with the boot's id; elsewhere what ps says. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return startByPs(pid)
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The command's name, in parentheses, may hold anything; the fields after it are plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    // A zombie has ended; only its parent has not looked yet.
    if (state === 'Z' || state === 'X' || ticks === undefined) return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${ticks}`
  } catch {
    return undefined
  }
}

function startByPs(pid: number): string | undefined {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
}
