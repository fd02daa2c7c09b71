/**
 * `npm run bench:judge`: how often the immune system raises a false alarm, and how often it misses a regression, on
 * generated data. No clock, no store and no sockets: what judges is the judge of production.
 */
import { Command } from 'commander'
import { machine } from './harness/cpu.ts'
import { interruptible } from './harness/interruption.ts'
import { median, parseCount } from './harness/quantity.ts'
import { saveResult } from './harness/results.ts'
import { shapes } from './judge/data.ts'
import { type Cell, formatJudge, type JudgeResult, type Section } from './judge/report.ts'
import { runTrial, seedsOf, type Trial } from './judge/trial.ts'

interface Options {
  readonly trials: number
  readonly seed: number
  readonly bakeS: number
  readonly json?: boolean
  readonly save?: string
}

const canaries = [1, 3, 10]
const regressions = [0, 0.05, 0.1, 0.5]
const waiting = 10

async function measureCell(trial: Trial, seeds: readonly number[], signal: AbortSignal): Promise<Cell> {
  const alarmsMs: number[] = []
  for (const seed of seeds) {
    signal.throwIfAborted()
    const afterMs = await runTrial(trial, seed)
    if (afterMs !== null) alarmsMs.push(afterMs)
  }
  const { shape, canary, regression } = trial
  const medianAlarmMs = alarmsMs.length > 0 ? median(alarmsMs) : null
  return { shape, canary, regression, alarms: alarmsMs.length, trials: seeds.length, medianAlarmMs }
}

async function measureSection(
  about: Omit<Section, 'cells'>,
  seeds: readonly number[],
  signal: AbortSignal,
): Promise<Section> {
  const cells: Cell[] = []
  for (const shape of shapes)
    for (const canary of canaries)
      for (const regression of regressions) {
        cells.push(await measureCell({ ...about, shape, canary, regression }, seeds, signal))
        const { alarms, trials } = cells.at(-1)!
        console.error(
          `${about.compare} ${about.tolerance}: ${shape}, ${canary} hosts, +${100 * regression} %: ${alarms} of ${trials} alarms`,
        )
      }
  return { ...about, cells }
}

await interruptible(async (signal) => {
  const options = new Command('npm run bench:judge --')
    .option('--trials <count>', 'of each cell', parseCount, 200)
    .option('--seed <number>', 'the same gives the same data', parseCount, 1)
    .option('--bake-s <seconds>', 'how long hosts are watched; they are looked at every 10 s', parseCount, 300)
    .option('--json', 'one JSON object instead of tables')
    .option('--save <name>', 'keep the result as bench/results/NAME.json and in bench/README.md')
    .parse()
    .opts<Options>()
  const seeds = seedsOf(options.seed, options.trials)
  const bakeMs = options.bakeS * 1_000
  const abouts: Omit<Section, 'cells'>[] = [
    { compare: 'waiting', waiting, bakeMs, tolerance: '10%' },
    { compare: 'waiting', waiting, bakeMs, tolerance: '0%' },
    { compare: 'before', waiting: 0, bakeMs, tolerance: '10%' },
  ]
  const sections: Section[] = []
  for (const about of abouts) sections.push(await measureSection(about, seeds, signal))
  const measuredAt = new Date().toISOString().slice(0, 10)
  const result: JudgeResult = { kind: 'judge', measuredAt, machine: machine(), seed: options.seed, sections }
  console.log(options.json ? JSON.stringify(result) : formatJudge(result))
  if (options.save) await saveResult(options.save, result)
})
