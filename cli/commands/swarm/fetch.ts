import { mkdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { errorMessage, exitCodes, RookeryError } from '../../../runtime/errors.ts'
import { agentPeerIdPrefix, type Metainfo, parseMetainfo, type TransferProgress } from '../../../swarm/index.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { parsePort } from '../../options.ts'
import { formatBytes, formatDuration } from '../../terminal/format.ts'
import { interruptedExitCode } from '../../watch/follow-rollout.ts'
import { readTls } from './certificate.ts'
import { createProgressView } from './progress-view.ts'
import {
  addSwarmOptions,
  collect,
  createSession,
  defaultHost,
  defaultPort,
  type SwarmOptions,
  stopSignal,
} from './session.ts'

interface FetchOptions extends SwarmOptions {
  readonly output: string
  readonly tracker?: string[]
  readonly seed?: boolean
}

export function addFetchCommand(program: Command, cli: Cli): void {
  const command = program
    .command('fetch')
    .description('fetch a torrent, with any BitTorrent client as the other side; needs no coordinator')
    .argument('<torrent>', '.torrent file')
    .requiredOption('-o, --output <directory>', 'where the file or directory goes')
    .option('--host <host>', 'address to listen on', defaultHost)
    .option('--port <port>', 'port to listen on (default: any that is free)', parsePort, defaultPort)
    .option('--tracker <url>', "announce here instead of at the torrent's own; may be repeated", collect)
    .option('--seed', 'go on seeding until stopped')
  addSwarmOptions(command)
    .addHelpText('after', '\nExample:\n  $ rookery fetch app.tar.torrent -o /tmp')
    .action(action(cli, fetchTorrent))
}

async function fetchTorrent(invocation: Invocation, torrent: string, options: FetchOptions): Promise<number> {
  const { output, cli, clock } = invocation
  const metainfo = await readTorrent(torrent)
  if ((options.tracker ?? metainfo.announce).length === 0)
    output.note('rookery: the torrent names no tracker; give one with --tracker, or peers must dial this host')
  const tls = await readTls(options, metainfo)
  const directory = resolve(options.output)
  await mkdir(directory, { recursive: true })
  const session = createSession(options, invocation, agentPeerIdPrefix, tls)
  const stop = stopSignal(cli)
  try {
    await session.start()
    const startedMs = clock.monotonicMs()
    const transfer = session.add({ metainfo, directory, announce: options.tracker })
    if (output.json) {
      const { infoHash, name, totalBytes: bytes } = metainfo
      output.object({ event: 'fetching', infoHash, name, bytes, port: session.port })
    }
    const view = createProgressView(invocation, metainfo.name)
    const timer = clock.every(view.periodMs, () => view.show(transfer.progress()))
    const end = await Promise.race([transfer.completed, stop.received]).finally(() => {
      timer.cancel()
      view.end(transfer.progress())
    })
    if (end === 'stopped') {
      output.note(`rookery: stopped before ${metainfo.name} was complete; the same command goes on with it`)
      return interruptedExitCode
    }
    printDone(invocation, metainfo, end, (clock.monotonicMs() - startedMs) / 1000)
    if (options.seed) await stop.received
    return exitCodes.done
  } finally {
    await session.stop()
    stop.release()
  }
}

function printDone({ output }: Invocation, metainfo: Metainfo, progress: TransferProgress, seconds: number): void {
  const { bytesTotal: bytes, bytesUploaded: bytesUp, bytesReused, bytesWasted } = progress
  const bytesDown = progress.bytesFromPeers + progress.bytesFromSeeder
  if (output.json) {
    output.object({ event: 'done', seconds, bytes, bytesDown, bytesUp, bytesReused, bytesWasted })
    return
  }
  const rate = formatBytes(bytesDown / Math.max(seconds, 0.001))
  const reused = bytesReused > 0 ? `, ${formatBytes(bytesReused)} were here already` : ''
  output.line(
    `fetched ${metainfo.name}: ${formatBytes(bytesDown)} in ${formatDuration(seconds * 1000)} (${rate}/s)${reused}`,
  )
}

async function readTorrent(path: string): Promise<Metainfo> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read the torrent ${path}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
  return parseMetainfo(bytes)
}
