import { Command } from 'commander'
import { blockLengthBytes } from '../../swarm/identifiers.ts'
import { formatBytes, parseBytes, parseCount, parsePositive, parseShare } from '../harness/quantity.ts'

/** The fleet and its net; a result is nothing without them. */
export interface SimScenario {
  readonly pieces: number
  readonly pieceLengthBytes: number
  /** Blocks of 16 KiB that stand for a piece. */
  readonly blocks: number
  /** Of every host, each way, in 10^6 bytes/s. */
  readonly rateMB: number
  readonly latencyMs: number
  /** To hash and write a piece. */
  readonly diskMs: number
  readonly neighbours: number
  /** Share of the hosts that are slow, 0 to 1. */
  readonly slowHosts: number
  /** A slow host has this part of the rate: 5 for a fifth. */
  readonly slowFactor: number
  /** Share of the hosts that die at some time before the bound, 0 to 1. */
  readonly lostHosts: number
  readonly zones: number
  /** From any zone to another, in 10^6 bytes/s. */
  readonly zoneRateMB: number
  readonly seed: number
}

export interface SimOptions extends SimScenario {
  readonly hosts: readonly number[]
  readonly json?: boolean
  readonly save?: string
}

const intro = `The engine that runs in production, on a simulated network and clock: one seeder and N fetching hosts, all up and idle,
then the seeder appears. Every host's time is held against the bound that no schedule can beat (Mundinger, Weber, Weiss):
(1 + ⌊log2 N⌋ / M) · F / C for N hosts of capacity C and an artifact F of M pieces. The same seed gives the same times.
The defaults are Kraken's published run: 3 GB, 300 MB/s, 2,600 hosts (p50 1.0, p99 1.8, max 2.2).`

export function parseOptions(argv: readonly string[]): SimOptions {
  const { pieceLength, rate, zoneRate, ...options } = new Command('npm run sim --')
    .description(intro)
    .option('--hosts <counts>', 'fetching hosts, a row for each count', parseCounts, [100, 1000, 2600, 10_000])
    .option('--pieces <count>', 'of the artifact', parseCount, 768)
    .option('--piece-length <bytes>', 'a power of two (default: 4MiB)', parseBytes, 2 ** 22)
    .option('--rate <rate>', 'of every host, each way, in 10^6 bytes/s', parsePositive, 300)
    .option('--latency-ms <ms>', 'from any host to any other', parsePositive, 0.2)
    .option('--disk-ms <ms>', 'to hash and write a piece', parsePositive, 1)
    .option('--neighbours <count>', 'of a host; it dials half of them, at random', parseCount, 40)
    .option('--blocks <count>', 'of 16 KiB that stand for a piece', parseCount, 8)
    .option('--slow-hosts <share>', 'share of the hosts that are slow', parseShare, 0)
    .option('--slow-factor <factor>', 'a slow host has this part of the rate', parsePositive, 5)
    .option('--lost-hosts <share>', 'share of the hosts that die at some time before the bound', parseShare, 0)
    .option('--zones <count>', 'that the hosts are spread over, the seeder in the first', parseCount, 1)
    .option('--zone-rate <rate>', 'from any zone to another, in 10^6 bytes/s', parsePositive, 150)
    .option('--seed <number>', 'from which all follows', parseCount, 1)
    .option('--json', 'print the result as JSON')
    .option('--save <name>', 'keep the result as bench/results/NAME.json and in bench/README.md')
    .parse(argv, { from: 'user' })
    .opts<
      Omit<SimOptions, 'pieceLengthBytes' | 'rateMB' | 'zoneRateMB'> & {
        pieceLength: number
        rate: number
        zoneRate: number
      }
    >()
  return { ...options, pieceLengthBytes: pieceLength, rateMB: rate, zoneRateMB: zoneRate }
}

/** How much smaller a simulated piece is than the real one, and slower the links: a piece takes its real time. */
export function scaleOf({ blocks, pieceLengthBytes }: SimScenario): number {
  return (blocks * blockLengthBytes) / pieceLengthBytes
}

/** (1 + ⌊log2 N⌋ / M) · F / C, in ms. */
export function boundMs(hosts: number, { pieces, pieceLengthBytes, rateMB }: SimScenario): number {
  return ((pieces + Math.floor(Math.log2(hosts))) * pieceLengthBytes) / (rateMB * 1000)
}

/** What of the options a result depends on, beside the number of hosts. */
export function scenarioOf({ hosts: _hosts, json: _json, save: _save, ...scenario }: SimOptions): SimScenario {
  return scenario
}

export function describe(scenario: SimScenario): string {
  const { pieces, pieceLengthBytes, rateMB, latencyMs, diskMs, neighbours, blocks } = scenario
  const { slowHosts, slowFactor, lostHosts, zones, zoneRateMB, seed } = scenario
  const parts = [
    `${pieces} pieces of ${formatBytes(pieceLengthBytes)} (as ${blocks} blocks each), ${rateMB} MB/s each way, ${latencyMs} ms apart, ${diskMs} ms a piece to hash and write`,
    `${neighbours} neighbours; seed ${seed}`,
  ]
  if (zones > 1) parts.push(`${zones} zones with links of ${zoneRateMB} MB/s`)
  if (slowHosts > 0) parts.push(`${percent(slowHosts)} of the hosts ${slowFactor} times slower`)
  if (lostHosts > 0) parts.push(`${percent(lostHosts)} die on the way`)
  return parts.join('; ')
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}

function parseCounts(text: string): number[] {
  return text.split(',').map((count) => parseCount(count.trim()))
}
