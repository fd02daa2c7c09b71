/** CPU time of all processors together since boot, in ticks. */
export interface CpuTimes {
  readonly user: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
  readonly steal: number
}

/** Bytes and faults of all interfaces but loopback since boot. */
export interface NetworkTotals {
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly errors: number
  readonly dropped: number
}

export interface DiskTotals {
  readonly readBytes: number
  readonly writtenBytes: number
  /** Time in which the disk had something to do, all disks added. */
  readonly busyMs: number
}

const sectorBytes = 512

/** /proc/stat; undefined when it is not what Linux writes. */
export function cpuTimes(stat: string): CpuTimes | undefined {
  const line = stat.match(/^cpu +(.+)$/m)
  if (!line) return undefined
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line[1]!
    .split(/ +/)
    .map(Number)
  return { user: user + nice, system: system + irq + softirq, idle, iowait, steal }
}

/** /proc/meminfo, in bytes by its names: MemTotal, MemAvailable, SwapTotal, SwapFree and more. */
export function memoryBytes(meminfo: string): ReadonlyMap<string, number> {
  return new Map([...meminfo.matchAll(/^(\w+): +(\d+) kB$/gm)].map(([, name, kib]) => [name!, Number(kib) * 1024]))
}

/** /proc/net/dev. */
export function networkTotals(dev: string): NetworkTotals {
  const totals = { receivedBytes: 0, sentBytes: 0, errors: 0, dropped: 0 }
  for (const [, name, columns] of dev.matchAll(/^ *([^:|\n]+): *([\d ]+)$/gm)) {
    if (name === 'lo') continue
    const of = columns!.trim().split(/ +/).map(Number)
    totals.receivedBytes += of[0] ?? 0
    totals.sentBytes += of[8] ?? 0
    totals.errors += (of[2] ?? 0) + (of[10] ?? 0)
    totals.dropped += (of[3] ?? 0) + (of[11] ?? 0)
  }
  return totals
}

/** /proc/diskstats: whole disks, since what a partition, a mapped device or an array does its disks do. */
export function diskTotals(diskstats: string): DiskTotals {
  const totals = { readBytes: 0, writtenBytes: 0, busyMs: 0 }
  for (const line of diskstats.split('\n')) {
    const [, , name, , , sectorsRead, , , , sectorsWritten, , , busyMs] = line.trim().split(/ +/)
    if (name === undefined || !/^([hsv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(name)) continue
    totals.readBytes += Number(sectorsRead) * sectorBytes
    totals.writtenBytes += Number(sectorsWritten) * sectorBytes
    totals.busyMs += Number(busyMs)
  }
  return totals
}

/** /proc/loadavg: of one, five and fifteen minutes. */
export function loadAverages(loadavg: string): readonly [number, number, number] | undefined {
  const [one, five, fifteen] = loadavg.split(' ').map(Number)
  return Number.isFinite(fifteen) ? [one!, five!, fifteen!] : undefined
}
