import { readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'

/** The kernel's unit in /proc, whatever its own: USER_HZ (proc(5)). */
const ticksPerSecond = 100

/** CPU time in seconds that a process has used, user and system, with that of the children it has waited for; 0 when it is gone. */
export function processCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Fields 14 to 17; the second is the name, in parentheses, and may hold anything.
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
    return times.reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond
  } catch {
    return 0
  }
}

export interface CpuUse {
  /** Share of all processors' time, 0 to 1, in which they had nothing to do. Below a quarter, it is the machine that is measured. */
  readonly idleShare: number
  /** CPU seconds of the watched processes; forwarding in the kernel is not in it. */
  readonly seconds: number
  /** Share that programs took which are no part of the measurement. */
  readonly foreignShare: number
}

/** Foreign share above which a result is marked: measure again. */
export const tolerableForeignShare = 0.03

/** Watches what the processors do from its making to `stop`. */
export class CpuWatch {
  readonly #pids: () => readonly number[]
  readonly #machine = machineTimes()
  readonly #before: number

  /** @param pids - those of the measurement, asked for at both ends: some may start meanwhile. */
  constructor(pids: () => readonly number[]) {
    this.#pids = pids
    this.#before = this.#used()
  }

  stop(): CpuUse {
    const now = machineTimes()
    const total = Math.max(now.total - this.#machine.total, 1 / ticksPerSecond)
    const seconds = this.#used() - this.#before
    const programs = now.programs - this.#machine.programs
    return {
      idleShare: (now.idle - this.#machine.idle) / total,
      seconds,
      foreignShare: Math.max(0, programs - seconds) / total,
    }
  }

  #used(): number {
    return [process.pid, ...this.#pids()].reduce((sum, pid) => sum + processCpuSeconds(pid), 0)
  }
}

/** Seconds of all processors since the boot. */
function machineTimes(): { idle: number; programs: number; total: number } {
  const [line] = readFileSync('/proc/stat', 'latin1').split('\n')
  // user nice system idle iowait irq softirq steal (proc_stat(5)); guest time is within user.
  const seconds = line!
    .split(/\s+/)
    .slice(1, 9)
    .map((ticks) => Number(ticks) / ticksPerSecond)
  const [user, nice, system, idle, iowait] = seconds as [number, number, number, number, number]
  return { idle: idle + iowait, programs: user + nice + system, total: seconds.reduce((sum, value) => sum + value, 0) }
}

/** What a result was measured on. */
export function machine(): string {
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, Linux ${release()}, Node ${process.versions.node}`
}
