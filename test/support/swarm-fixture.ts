import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import bencode from 'bencode'
import { systemClock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { seededRandom, systemRandom } from '../../runtime/random.ts'
import { agentPeerIdPrefix, createMetainfo, type Metainfo, parseMetainfo, SwarmSession } from '../../swarm/index.ts'

/** A directory of its own for one test file. */
export function scratchDirectory(name: string) {
  const path = mkdtempSync(join(tmpdir(), `rookery-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A session on a port of loopback, by itself on a free one; not started. */
export function createSession(port = 0, peerIdPrefix: string = agentPeerIdPrefix): SwarmSession {
  return new SwarmSession(
    { listen: { host: '127.0.0.1', port }, peerIdPrefix },
    { clock: systemClock, random: systemRandom, logger: silentLogger() },
  )
}

export async function startSession(peerIdPrefix?: string): Promise<SwarmSession> {
  const session = createSession(0, peerIdPrefix)
  await session.start()
  return session
}

/** Writes files with contents that follow from `seed`; a path that ends in `/` makes an empty directory. */
export function writeTree(root: string, lengths: Readonly<Record<string, number>>, seed = 1): void {
  const random = seededRandom(seed)
  for (const [path, length] of Object.entries(lengths)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), random.bytes(length))
  }
}

export async function torrentOf(path: string, announce: string[] = [], pieceLengthBytes = 32_768): Promise<Uint8Array> {
  return createMetainfo({ path, announce, pieceLengthBytes })
}

export async function metainfoOf(path: string, announce: string[] = []): Promise<Metainfo> {
  return parseMetainfo(await torrentOf(path, announce))
}

/** The same torrent with other fields in its info dictionary. */
export function withInfo(torrent: Uint8Array, change: (info: Record<string, unknown>) => Record<string, unknown>) {
  const root = bencode.decode(torrent) as { info: Record<string, unknown> }
  return bencode.encode({ ...root, info: change(root.info) })
}
