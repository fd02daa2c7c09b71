/**
 * `npm run bench:counters`: a real coordinator, and simulated hosts on real sessions that ship half a million counters every
 * ten seconds; whether all of them are stored, what that takes, and how long a week of them takes to be asked.
 */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import type { CounterAnswer } from '../proto/http/counters.ts'
import { Flock } from '../test/support/flock.ts'
import { CountingFleet, counterNames, countOf } from './counters/load.ts'
import { type CountersResult, formatCounters, type RoundResult } from './counters/report.ts'
import { measureWeek } from './counters/week.ts'
import { CpuWatch, machine, processCpuSeconds } from './harness/cpu.ts'
import { interruptible, progress } from './harness/interruption.ts'
import { lockBenches } from './harness/lock.ts'
import { parseCount } from './harness/quantity.ts'
import { saveResult } from './harness/results.ts'

interface Options {
  readonly hosts: number
  readonly counters: number
  readonly rounds: number
  readonly weekHosts: number
  readonly weekCounters: number
  readonly json?: boolean
  readonly save?: string
}

const windowMs = 10_000
const repeats = 21

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]) * 1024
}

/** Every counter of all hosts, one question a name: how far what is stored is from what was sent. */
async function countsOff(flock: Flock, { hosts, counters, rounds }: Options, fromMs: number): Promise<number> {
  let off = 0
  for (const [index, name] of counterNames({ hosts, counters }).entries()) {
    let expected = 0
    for (let host = 0; host < hosts; host++)
      for (let round = 0; round < rounds; round++) expected += countOf(host, index, round)
    const toMs = fromMs + rounds * windowMs
    const query = `name=${name}&fromMs=${fromMs}&toMs=${toMs}&stepMs=10000&function=count&groupBy=none`
    const { series } = await flock.api<CounterAnswer>('GET', `/counters/query?${query}`)
    const stored = series[0]?.values.reduce((sum: number, value) => sum + (value ?? 0), 0) ?? 0
    off += Math.abs(stored - expected)
  }
  return off
}

async function windowsStored(flock: Flock): Promise<number> {
  const page = await (await fetch(`${flock.url}/metrics`)).text()
  return Number(/^rookery_counter_windows_total (\d+)$/m.exec(page)![1])
}

async function measureNewest(flock: Flock, name: string, fromMs: number): Promise<CountersResult['newestMs']> {
  const results = []
  for (const [title, selection] of [
    ['one counter of one host, the windows of this run', '&host=web-7'],
    ['one counter of all hosts, the windows of this run', ''],
  ] as const) {
    const took: number[] = []
    for (let time = 0; time < repeats; time++) {
      const beganMs = performance.now()
      await flock.api('GET', `/counters/query?name=${name}&fromMs=${fromMs}&stepMs=10000${selection}`)
      took.push(performance.now() - beganMs)
    }
    const sorted = took.sort((a, b) => a - b)
    results.push({ title, medianMs: sorted[Math.floor(repeats / 2)]!, worstMs: sorted.at(-1)! })
  }
  return results
}

async function measureFleet(
  options: Options,
  signal: AbortSignal,
): Promise<Omit<CountersResult, 'kind' | 'measuredAt' | 'machine' | 'week'>> {
  const { hosts, counters } = options
  const flock = new Flock({ pools: {}, coordinator: { agents: { heartbeatMs: 10_000 } } })
  let counting: CountingFleet | undefined
  try {
    await flock.start()
    const { pid = 0 } = flock.process('coordinator').child
    counting = new CountingFleet(flock.url, options)
    await counting.connect()
    const watch = new CpuWatch(() => [pid])
    const rounds: RoundResult[] = []
    // In one block of half an hour, whatever the hour is.
    const fromMs = Math.floor(Date.now() / 1_800_000) * 1_800_000
    for (let round = 0; round < options.rounds; round++) {
      signal.throwIfAborted()
      const [beganMs, cpuBefore] = [performance.now(), processCpuSeconds(pid)]
      const ackedMs = await counting.ship(round, fromMs + round * windowMs)
      await sleep(Math.max(0, windowMs - (performance.now() - beganMs)))
      const coordinatorCpuSeconds = processCpuSeconds(pid) - cpuBefore
      rounds.push({ ackedMs, coordinatorCpuSeconds, coordinatorBytes: residentBytes(pid) })
      progress(
        `round ${round + 1}: acknowledged after ${Math.round(ackedMs)} ms, ${coordinatorCpuSeconds.toFixed(2)} s of CPU`,
      )
    }
    const { foreignShare } = watch.stop()
    const newestMs = await measureNewest(flock, counterNames(options).at(-1)!, fromMs)
    const windowsOff = Math.abs((await windowsStored(flock)) - hosts * counters * options.rounds)
    progress('asking for every counter')
    const off = await countsOff(flock, options, fromMs)
    return { hosts, counters, rounds, windowsOff, countsOff: off, foreignShare, newestMs }
  } finally {
    counting?.close()
    await flock.stop()
  }
}

await interruptible(async (signal) => {
  const options = new Command('npm run bench:counters --')
    .option('--hosts <count>', 'simulated, each on a session of its own', parseCount, 1_000)
    .option('--counters <count>', 'of each host', parseCount, 500)
    .option('--rounds <count>', 'windows of 10 s', parseCount, 6)
    .option('--week-hosts <count>', 'whose counters are stored for a week', parseCount, 10)
    .option('--week-counters <count>', 'of each of them', parseCount, 20)
    .option('--json', 'the result as JSON')
    .option('--save <name>', 'keep the result as bench/results/NAME.json, and in bench/README.md')
    .parse()
    .opts<Options>()
  const lock = lockBenches()
  try {
    const fleet = await measureFleet(options, signal)
    progress('storing a week')
    const load = { hosts: options.weekHosts, counters: options.weekCounters }
    const week = await measureWeek(tmpdir(), load, signal)
    const measuredAt = new Date().toISOString().slice(0, 10)
    const result: CountersResult = { kind: 'counters', measuredAt, machine: machine(), ...fleet, week }
    console.log(options.json ? JSON.stringify(result, null, 2) : formatCounters(result))
    if (options.save !== undefined) await saveResult(options.save, result)
    if (fleet.windowsOff !== 0 || fleet.countsOff !== 0) process.exitCode = 1
  } finally {
    lock.release()
  }
})
