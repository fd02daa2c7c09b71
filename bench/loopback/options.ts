import { tmpdir } from 'node:os'
import { Command, Option } from 'commander'
import type { ClientName } from '../clients/client.ts'
import { parseClients } from '../flock/options.ts'
import { parseBytes, parseCount } from '../harness/quantity.ts'

export const transports = ['plain', 'tls', 'both'] as const

export interface LoopbackOptions {
  readonly sizeBytes: number
  readonly pieceLengthBytes: number
  readonly runs: number
  readonly clients: ClientName[]
  readonly transport: (typeof transports)[number]
  readonly directory: string
  readonly json?: boolean
  readonly save?: string
}

const intro = `One seeder, one fetcher, loopback: the artifact is fetched, verified and written, by each client in turn. Prints the
medians of the rate, of both sides' CPU time and of their peak memory, and the ratios to libtorrent of the same run.`

export function parseOptions(argv: readonly string[]): LoopbackOptions {
  const { size, pieceLength, ...options } = new Command('npm run bench:loopback --')
    .description(intro)
    .option('--size <bytes>', 'of the artifact (default: 1GiB)', parseBytes, 2 ** 30)
    .option('--piece-length <bytes>', 'a power of two (default: 1MiB)', parseBytes, 2 ** 20)
    .option('--runs <count>', 'rounds of all clients, every second one backwards', parseCount, 5)
    .option('--clients <names>', 'which', parseClients, ['rookery', 'libtorrent', 'webtorrent'])
    .addOption(
      new Option('--transport <name>', 'of clients that speak TLS; the others are always plain')
        .choices(transports)
        .default(transports[0]),
    )
    .option('--directory <path>', 'for the artifact and what is fetched', tmpdir())
    .option('--json', 'print the result as JSON')
    .option('--save <name>', 'keep the result as bench/results/NAME.json and in bench/README.md')
    .parse(argv, { from: 'user' })
    .opts<Omit<LoopbackOptions, 'sizeBytes' | 'pieceLengthBytes'> & { size: number; pieceLength: number }>()
  return { ...options, sizeBytes: size, pieceLengthBytes: pieceLength }
}
