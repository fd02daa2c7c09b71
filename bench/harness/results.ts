import { globSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type CountersResult, formatCounters } from '../counters/report.ts'
import { type FlockResult, formatFlock } from '../flock/report.ts'
import { formatJudge, type JudgeResult } from '../judge/report.ts'
import { formatLoopback, type LoopbackResult } from '../loopback/report.ts'
import { formatSim, type SimResult } from '../sim/report.ts'

const folder = join(import.meta.dirname, '../results')
const page = join(import.meta.dirname, '../README.md')
const [begin, end] = ['<!-- results -->', '<!-- end of results -->']

type Result = CountersResult | FlockResult | JudgeResult | LoopbackResult | SimResult

/** Keeps a result as bench/results/NAME.json and shows all that are kept in bench/README.md. */
export async function saveResult(name: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(begin)
  const [, after] = (rest ?? '').split(end)
  const sections = globSync('*.json', { cwd: folder }).sort().map(section)
  await writeFile(page, [before, begin, '\n\n', sections.join('\n\n'), '\n\n', end, after].join(''))
}

function section(file: string): string {
  return `### ${basename(file, '.json')}\n\n${format(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result)}`
}

function format(result: Result): string {
  if (result.kind === 'counters') return formatCounters(result)
  if (result.kind === 'flock') return formatFlock(result)
  if (result.kind === 'judge') return formatJudge(result)
  return result.kind === 'sim' ? formatSim(result) : formatLoopback(result)
}
