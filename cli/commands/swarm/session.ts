import { type Command, Option } from 'commander'
import { systemClock } from '../../../runtime/clock.ts'
import { createLogger } from '../../../runtime/logger.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { bandwidthLimits, createSwarm, engineNames, type Swarm, type SwarmTls } from '../../../swarm/index.ts'
import type { Cli, Invocation } from '../../invocation.ts'
import { parseMbit } from '../../options.ts'
import { addCertificateOptions, type CertificateOptions } from './certificate.ts'

/** How the swarm is joined, from the options that seed and fetch share. */
export interface SwarmOptions extends CertificateOptions {
  readonly engine: (typeof engineNames)[number]
  readonly host: string
  readonly port: number
  readonly zone?: string
  readonly rack?: string
  readonly uploadMbit?: number
  readonly downloadMbit?: number
}

/** Any address: peers of other hosts must get in. */
export const defaultHost = '0.0.0.0'
/** The system chooses; trackers and peers are told. */
export const defaultPort = 0

/** Adds the options that seed and fetch share. */
export function addSwarmOptions(command: Command): Command {
  const engine = new Option('--engine <engine>', 'who exchanges the pieces').choices(engineNames)
  return addCertificateOptions(command)
    .option('--zone <name>', 'zone of this host: peers there come first')
    .option('--rack <name>', 'rack of this host, within its zone')
    .option('--upload-mbit <rate>', 'send no faster than this, in Mbit/s', parseMbit)
    .option('--download-mbit <rate>', 'receive no faster than this, in Mbit/s', parseMbit)
    .addOption(engine.default(engineNames[0]))
}

/** A session of the command line: what it has to remark goes to stderr, a line each. */
export function createSession(
  options: SwarmOptions,
  { output }: Invocation,
  peerIdPrefix: string,
  tls: SwarmTls | undefined,
): Swarm {
  const { engine, host, port, zone, rack } = options
  const bandwidth = bandwidthLimits({
    uploadMbitPerSecond: options.uploadMbit,
    downloadMbitPerSecond: options.downloadMbit,
  })
  const write = (line: string) => {
    const { msg, reason } = JSON.parse(line) as { msg: string; reason?: string }
    output.note(`rookery: ${msg}${reason ? `: ${reason}` : ''}`)
  }
  const logger = createLogger({ service: 'swarm', level: 'warn' }, { write })
  return createSwarm(
    { engine, listen: { host, port }, peerIdPrefix, zone, rack, bandwidth, tls },
    { clock: systemClock, random: systemRandom, logger },
  )
}

/** Resolves at Ctrl-C or SIGTERM; `release` gives the signals back. */
export function stopSignal(cli: Cli): { readonly received: Promise<'stopped'>; release(): void } {
  const { promise, resolve } = Promise.withResolvers<'stopped'>()
  return { received: promise, release: cli.onStopSignal(() => resolve('stopped')) }
}

export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}
