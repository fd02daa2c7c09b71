import { readFileSync } from 'node:fs'
import { CounterKind } from '../../proto/session.ts'
import {
  type CpuTimes,
  cpuTimes,
  type DiskTotals,
  diskTotals,
  loadAverages,
  memoryBytes,
  type NetworkTotals,
  networkTotals,
} from './proc-files.ts'
import type { Tally } from './tally.ts'

interface Dependencies {
  readonly tally: Tally
  /** Of the file system that holds the agent's data; both 0 when unknown. */
  readonly disk: () => { readonly diskFreeBytes: number; readonly diskTotalBytes: number }
  /** A file below /proc; throws where there is none. */
  readonly read?: (name: string) => string
}

const readProc = (name: string) => readFileSync(`/proc/${name}`, 'utf8')

/** Reads what the host does, once in every window. Where there is no /proc it counts nothing. */
export class HostMetrics {
  readonly #dependencies: Required<Dependencies>
  #cpu: CpuTimes | undefined
  #network: NetworkTotals | undefined
  #disks: DiskTotals | undefined

  constructor(dependencies: Dependencies) {
    this.#dependencies = { read: readProc, ...dependencies }
  }

  /** Sums since boot are told as what came since the reading before: the first one only remembers. */
  look(): void {
    this.#lookAt('stat', (text) => {
      const now = cpuTimes(text)
      if (now && this.#cpu) this.#tellCpu(now, this.#cpu)
      this.#cpu = now
    })
    this.#lookAt('meminfo', (text) => this.#tellMemory(memoryBytes(text)))
    this.#lookAt('loadavg', (text) => {
      const [one, five, fifteen] = loadAverages(text) ?? []
      this.#levels({ 'load.1m': one, 'load.5m': five, 'load.15m': fifteen })
    })
    this.#lookAt('net/dev', (text) => {
      const now = networkTotals(text)
      this.#growth('network', { ...now }, this.#network && { ...this.#network })
      this.#network = now
    })
    this.#lookAt('diskstats', (text) => {
      const now = diskTotals(text)
      this.#growth('disk', { ...now }, this.#disks && { ...this.#disks })
      this.#disks = now
    })
    const { diskFreeBytes, diskTotalBytes } = this.#dependencies.disk()
    if (diskTotalBytes > 0)
      this.#levels({
        'disk.free_bytes': diskFreeBytes,
        'disk.used_percent': 100 * (1 - diskFreeBytes / diskTotalBytes),
      })
  }

  #lookAt(file: string, tell: (text: string) => void): void {
    let text: string
    try {
      text = this.#dependencies.read(file)
    } catch {
      return
    }
    tell(text)
  }

  #tellCpu(now: CpuTimes, before: CpuTimes): void {
    const spent = (of: keyof CpuTimes) => Math.max(0, now[of] - before[of])
    const ticks = spent('user') + spent('system') + spent('idle') + spent('iowait') + spent('steal')
    if (ticks === 0) return
    const percent = (of: keyof CpuTimes) => (100 * spent(of)) / ticks
    this.#levels({
      'cpu.busy_percent': percent('user') + percent('system') + percent('steal'),
      'cpu.user_percent': percent('user'),
      'cpu.system_percent': percent('system'),
      'cpu.iowait_percent': percent('iowait'),
      'cpu.steal_percent': percent('steal'),
    })
  }

  #tellMemory(bytes: ReadonlyMap<string, number>): void {
    const [total, available] = [bytes.get('MemTotal'), bytes.get('MemAvailable')]
    const [swapTotal, swapFree] = [bytes.get('SwapTotal'), bytes.get('SwapFree')]
    if (total === undefined || available === undefined) return
    this.#levels({
      'memory.total_bytes': total,
      'memory.available_bytes': available,
      'memory.used_percent': 100 * (1 - available / total),
      'memory.swap_used_bytes': swapTotal === undefined || swapFree === undefined ? undefined : swapTotal - swapFree,
    })
  }

  #levels(values: Readonly<Record<string, number | undefined>>): void {
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) this.#dependencies.tally.observe(`host.${name}`, CounterKind.COUNTER_KIND_GAUGE, value)
  }

  /** A sum that went back began anew: nothing is known of the time between. */
  #growth(
    room: string,
    now: Readonly<Record<string, number>>,
    before: Readonly<Record<string, number>> | undefined,
  ): void {
    if (!before) return
    for (const [key, value] of Object.entries(now)) {
      const grown = value - before[key]!
      const name = `host.${room}.${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
      if (grown >= 0) this.#dependencies.tally.observe(name, CounterKind.COUNTER_KIND_COUNTER, grown)
    }
  }
}
