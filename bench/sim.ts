/**
 * `npm run sim`: how close the last of thousands of hosts comes to the bound, simulated with the engine of production.
 * bench/README.md tells what is simulated; `--help` the options.
 */
import { machine } from './harness/cpu.ts'
import { interruptible, progress } from './harness/interruption.ts'
import { saveResult } from './harness/results.ts'
import { Fleet } from './sim/fleet.ts'
import { parseOptions, type SimOptions, scenarioOf } from './sim/options.ts'
import { formatSim, type SimResult } from './sim/report.ts'
import { type SimRow, summarize } from './sim/summary.ts'

async function simulate(hosts: number, options: SimOptions, signal: AbortSignal): Promise<SimRow> {
  const beganMs = performance.now()
  const fleet = new Fleet(hosts, options)
  await fleet.run(signal)
  const row = summarize(fleet, options.zones, (performance.now() - beganMs) / 1000)
  const { p50, max } = row.fast
  progress(
    `${hosts} hosts: p50 ${p50?.toFixed(3) ?? '–'}, max ${max?.toFixed(3) ?? '–'} of the bound, ${row.wallSeconds.toFixed(1)} s`,
  )
  return row
}

await interruptible(async (signal) => {
  const options = parseOptions(process.argv.slice(2))
  const rows: SimRow[] = []
  for (const hosts of options.hosts) rows.push(await simulate(hosts, options, signal))
  const measuredAt = new Date().toISOString().slice(0, 10)
  const result: SimResult = { kind: 'sim', measuredAt, machine: machine(), scenario: scenarioOf(options), rows }
  console.log(options.json ? JSON.stringify(result) : formatSim(result))
  if (options.save) await saveResult(options.save, result)
})
