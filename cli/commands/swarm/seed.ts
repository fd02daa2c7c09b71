import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { writeFileDurably } from '../../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../../runtime/errors.ts'
import { createMetainfo, type Metainfo, parseMetainfo, seederPeerIdPrefix } from '../../../swarm/index.ts'
import { action, type Cli, type Invocation } from '../../invocation.ts'
import { parsePort } from '../../options.ts'
import { formatBytes } from '../../terminal/format.ts'
import { readAuthority, readTls } from './certificate.ts'
import {
  addSwarmOptions,
  collect,
  createSession,
  defaultHost,
  defaultPort,
  type SwarmOptions,
  stopSignal,
} from './session.ts'

interface SeedOptions extends SwarmOptions {
  readonly torrent?: string
  readonly tracker?: string[]
  readonly pieceLength?: number
}

export function addSeedCommand(program: Command, cli: Cli): void {
  const command = program
    .command('seed')
    .description('seed a file or directory over BitTorrent until stopped; needs no coordinator')
    .argument('<path>', 'file or directory')
    .option(
      '--torrent <file>',
      'made when it is not there, else the path is checked against it (default: <path>.torrent)',
    )
    .option('--host <host>', 'address to listen on', defaultHost)
    .option('--port <port>', 'port to listen on (default: any that is free)', parsePort, defaultPort)
    .option('--tracker <url>', 'announce here, http or udp; may be repeated', collect)
    .option('--piece-length <bytes>', 'of a new torrent, a power of two (default: by size)', parsePieceLength)
  addSwarmOptions(command)
    .addHelpText('after', '\nExample:\n  $ rookery seed app.tar --tracker http://tracker.example:6969/announce')
    .action(action(cli, seed))
}

async function seed(invocation: Invocation, path: string, options: SeedOptions): Promise<void> {
  const { output, cli } = invocation
  const source = resolve(path)
  const torrent = options.torrent ?? `${source}.torrent`
  const metainfo = await readOrMakeTorrent(source, torrent, options)
  const session = createSession(options, invocation, seederPeerIdPrefix, await readTls(options, metainfo))
  const stop = stopSignal(cli)
  try {
    await session.start()
    const transfer = session.add({
      metainfo,
      directory: dirname(source),
      fileName: basename(source),
      announce: options.tracker,
      isReadOnly: true,
    })
    if ((await Promise.race([transfer.completed, stop.received])) === 'stopped') return
    const { infoHash, name, totalBytes: bytes } = metainfo
    if (output.json) output.object({ event: 'seeding', infoHash, name, bytes, port: session.port, torrent })
    else output.line(`seeding ${name} (${formatBytes(bytes)}) on port ${session.port}; torrent: ${torrent}`)
    await stop.received
    const { bytesUploaded: bytesUp } = transfer.progress()
    if (output.json) output.object({ event: 'stopped', bytesUp })
    else output.line(`stopped; ${formatBytes(bytesUp)} sent`)
  } finally {
    await session.stop()
    stop.release()
  }
}

async function readOrMakeTorrent(path: string, torrent: string, options: SeedOptions): Promise<Metainfo> {
  await stat(path).catch((cause) => {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${path}: ${errorMessage(cause)}`, { cause })
  })
  try {
    return parseMetainfo(await readFile(torrent))
  } catch (error) {
    if (error instanceof RookeryError) throw error
    if (systemErrorCode(error) !== 'ENOENT')
      throw new RookeryError('FILE_UNREADABLE', `cannot read the torrent ${torrent}: ${errorMessage(error)}`)
  }
  const made = await createMetainfo({
    path,
    announce: options.tracker ?? [],
    pieceLengthBytes: options.pieceLength,
    sslCertificate: await readAuthority(options),
  })
  await writeFileDurably(torrent, made)
  return parseMetainfo(made)
}

function parsePieceLength(text: string): number {
  const bytes = Number(text)
  if (Number.isInteger(Math.log2(bytes)) && bytes >= 16 * 1024 && bytes <= 64 * 1024 * 1024) return bytes
  throw new InvalidArgumentError('Give a power of two from 16384 to 67108864.')
}
