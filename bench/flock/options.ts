import { Command, InvalidArgumentError } from 'commander'
import { type ClientName, clientNames } from '../clients/client.ts'
import { formatBytes, parseBytes, parseCount, parsePositive, parseShare } from '../harness/quantity.ts'

/** The net and what is sent through it; a result is nothing without it. */
export interface Scenario {
  readonly hosts: number
  readonly rateMbit: number
  readonly sizeBytes: number
  readonly pieceLengthBytes: number
  readonly mtu: number
  /** Longest wait in the queue of a limited interface, in ms. */
  readonly queueMs: number
  /** TCP's, by the kernel's name. */
  readonly congestionControl: string
  readonly zones: 1 | 2
  /** Rate of the link between two zones, each way. */
  readonly linkMbit: number
  /** Share of the hosts that are slow, 0 to 1. */
  readonly slowHosts: number
  /** A slow host has this part of the rate: 5 for a fifth. */
  readonly slowFactor: number
}

export interface FlockOptions extends Scenario {
  readonly clients: ClientName[]
  readonly runs: number
  readonly settleSeconds: number
  readonly deadlineSeconds?: number
  readonly directory: string
  readonly json?: boolean
  readonly save?: string
}

const parseZones = (text: string): 1 | 2 => {
  if (text === '1') return 1
  if (text === '2') return 2
  throw new InvalidArgumentError('Give 1 or 2.')
}

/** Of an option that names clients, separated by commas. */
export function parseClients(text: string): ClientName[] {
  return text.split(',').map((name) => {
    const known = clientNames.find((client) => client === name.trim())
    if (known) return known
    throw new InvalidArgumentError(`Give some of ${clientNames.join(', ')}, separated by commas.`)
  })
}

const intro = `One seeder and N fetching hosts, each a network namespace limited both ways. All fetchers are up and idle, then the
seeder appears. Every host's time until the artifact is verified is held against the bound that no schedule can beat
(Mundinger, Weber, Weiss): (1 + ⌊log2 N⌋ / M) · F / C for N hosts of capacity C and an artifact F of M pieces. Needs root.`

export function parseOptions(argv: readonly string[]): FlockOptions {
  const { size, pieceLength, ...options } = new Command('npm run bench:flock --')
    .description(intro)
    .option('--hosts <count>', 'fetching hosts, beside the seeder', parseCount, 32)
    .option('--rate-mbit <rate>', 'of every host, each way, in 10^6 bits/s', parsePositive, 20)
    .option('--size <bytes>', 'of the artifact (default: 32MiB)', parseBytes, 2 ** 25)
    .option('--piece-length <bytes>', 'a power of two (default: 128KiB)', parseBytes, 2 ** 17)
    .option('--mtu <bytes>', 'largest packet', parseCount, 9000)
    .option('--queue-ms <ms>', 'longest wait in the queue of a limited interface', parsePositive, 50)
    .option('--congestion-control <name>', 'of every TCP connection', 'cubic')
    .option('--zones <count>', 'two: half of the hosts behind a slow link', parseZones, 1)
    .option('--link-mbit <rate>', 'of the link between the zones, each way', parsePositive, 10)
    .option('--slow-hosts <share>', 'share of the hosts that are slow', parseShare, 0)
    .option('--slow-factor <factor>', 'a slow host has this part of the rate', parsePositive, 5)
    .option('--clients <names>', 'which, in this order', parseClients, [...clientNames])
    .option('--runs <count>', 'rounds of all clients, one after the other', parseCount, 1)
    .option('--settle-seconds <s>', 'idle time of the fetchers, to find each other', parsePositive, 6)
    .option('--deadline-seconds <s>', 'of one round (default: 15 times the bound)', parsePositive)
    .option('--directory <path>', 'for the artifacts; in memory, so that no disk is measured', '/dev/shm')
    .option('--json', 'print the result as JSON')
    .option('--save <name>', 'keep the result as bench/results/NAME.json and in bench/README.md')
    .parse(argv, { from: 'user' })
    .opts<Omit<FlockOptions, 'sizeBytes' | 'pieceLengthBytes'> & { size: number; pieceLength: number }>()
  return { ...options, sizeBytes: size, pieceLengthBytes: pieceLength }
}

export function describe(scenario: Scenario): string {
  const { hosts, rateMbit, mtu, sizeBytes, pieceLengthBytes, zones, linkMbit, slowHosts, slowFactor } = scenario
  const parts = [
    `${hosts} hosts, ${rateMbit} Mbit/s each way, MTU ${mtu}`,
    `${formatBytes(sizeBytes)} in pieces of ${formatBytes(pieceLengthBytes)}`,
  ]
  if (zones === 2) parts.push(`half of them behind a link of ${linkMbit} Mbit/s`)
  if (slowHosts > 0) parts.push(`${Math.round(slowHosts * hosts)} of them ${slowFactor} times slower`)
  return parts.join('; ')
}

/** What of the options a result depends on. */
export function scenarioOf(options: FlockOptions): Scenario {
  const { hosts, rateMbit, sizeBytes, pieceLengthBytes, mtu, queueMs } = options
  const { congestionControl, zones, linkMbit, slowHosts, slowFactor } = options
  return {
    ...{ hosts, rateMbit, sizeBytes, pieceLengthBytes, mtu, queueMs },
    ...{ congestionControl, zones, linkMbit, slowHosts, slowFactor },
  }
}
