import { readFileSync } from 'node:fs'
import { cpus, release } from 'node:os'

/** Ticks of all processors since the boot. */
export interface CpuTimes {
  readonly idle: number
  readonly total: number
}

export function cpuTimes(): CpuTimes {
  const [line] = readFileSync('/proc/stat', 'latin1').split('\n')
  // user nice system idle iowait irq softirq steal (proc_stat(5)); guest time is within user.
  const ticks = line!.split(/\s+/).slice(1, 9).map(Number)
  return { idle: ticks[3]! + ticks[4]!, total: ticks.reduce((sum, value) => sum + value, 0) }
}

/** Share of the processors' time from 0 to 1 in which they had nothing to do. Below a quarter, it is the machine that is measured. */
export function idleShare(since: CpuTimes): number {
  const now = cpuTimes()
  return (now.idle - since.idle) / Math.max(1, now.total - since.total)
}

/** What a result was measured on. */
export function machine(): string {
  const processors = cpus()
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, Linux ${release()}, Node ${process.versions.node}`
}
