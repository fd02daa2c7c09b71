import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { HostMetrics } from '../../../peer-agent/counters/host-metrics.ts'
import { Tally } from '../../../peer-agent/counters/tally.ts'

const before = {
  stat: 'cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 100 0 50 800 50 0 0 0 0 0\n',
  meminfo:
    'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    250 kB\nSwapTotal:       100 kB\nSwapFree:         40 kB\n',
  loadavg: '0.50 1.00 1.50 1/234 5678\n',
  'net/dev':
    'Inter-|   Receive |  Transmit\n face |bytes\n    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0\n',
  diskstats:
    '   8       0 sda 10 0 100 0 10 0 200 0 0 500 0\n   8       1 sda1 10 0 100 0 10 0 200 0 0 500 0\n 253       0 dm-0 1 0 9 0 1 0 9 0 0 9 0\n',
}
const later = {
  ...before,
  stat: 'cpu  130 0 70 840 60 0 0 0 0 0\n',
  'net/dev': ' eth0: 1500 1 2 1 0 0 0 0 2100 1 1 0 0 0 0 0\n',
  diskstats: '   8       0 sda 10 0 102 0 10 0 204 0 0 700 0\n',
}

function seen(tally: Tally): Record<string, number> {
  return Object.fromEntries(tally.close(0).map(({ name, sum }) => [name, sum]))
}

describe('host metrics', () => {
  it('tell levels, and of sums what came since the reading before', () => {
    const tally = new Tally({ maxNames: 100 })
    let files: Record<string, string> = before
    const metrics = new HostMetrics({
      tally,
      disk: () => ({ diskFreeBytes: 25, diskTotalBytes: 100 }),
      read: (name) => files[name]!,
    })
    metrics.look()
    const levels = {
      ...{ 'host.memory.total_bytes': 1_024_000, 'host.memory.available_bytes': 256_000 },
      ...{ 'host.memory.used_percent': 75, 'host.memory.swap_used_bytes': 61_440 },
      ...{ 'host.load.1m': 0.5, 'host.load.5m': 1, 'host.load.15m': 1.5 },
      ...{ 'host.disk.free_bytes': 25, 'host.disk.used_percent': 75 },
    }
    assert.deepEqual(seen(tally), levels)
    files = later
    metrics.look()
    assert.deepEqual(seen(tally), {
      ...levels,
      ...{ 'host.cpu.busy_percent': 50, 'host.cpu.user_percent': 30, 'host.cpu.system_percent': 20 },
      ...{ 'host.cpu.iowait_percent': 10, 'host.cpu.steal_percent': 0 },
      ...{ 'host.network.received_bytes': 500, 'host.network.sent_bytes': 100 },
      ...{ 'host.network.errors': 3, 'host.network.dropped': 1 },
      ...{ 'host.disk.read_bytes': 1_024, 'host.disk.written_bytes': 2_048, 'host.disk.busy_ms': 200 },
    })
  })

  it('are read from this machine, and none where there is no /proc', { skip: !existsSync('/proc/stat') }, () => {
    const tally = new Tally({ maxNames: 100 })
    const disk = () => ({ diskFreeBytes: 0, diskTotalBytes: 0 })
    new HostMetrics({ tally, disk }).look()
    const { 'host.memory.used_percent': used } = seen(tally)
    assert.ok(used! > 0 && used! < 100)
    const read = () => {
      throw new Error('no such file')
    }
    new HostMetrics({ tally, disk, read }).look()
    assert.deepEqual(seen(tally), {})
  })
})
