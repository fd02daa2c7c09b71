import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pack } from 'tar-stream'
import { type Deploy, encodeManifest, type ReleaseManifest, signManifest } from '../../proto/release-manifest.ts'
import { encodeRevocation, type SignedRevocation } from '../../proto/release-revocation.ts'
import { createMetainfo, type Metainfo, parseMetainfo } from '../../swarm/index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

/** The key that signs every release of this fixture. */
export const fixturePublicKey = publicKey.export({ type: 'spki', format: 'pem' }) as string

export interface FixtureRelease {
  readonly manifest: ReleaseManifest
  readonly manifestBytes: Uint8Array
  readonly signature: Uint8Array
  readonly torrent: Uint8Array
  readonly metainfo: Metainfo
  /** Directory that holds the artifact under its file name. */
  readonly directory: string
}

export interface ReleaseOptions {
  readonly releaseId: string
  readonly app?: string
  readonly deploy?: Partial<Deploy>
  /** By path; executable when the path ends in `.sh`. */
  readonly files: Readonly<Record<string, string | Buffer>>
  readonly announce?: readonly string[]
  readonly createdAtMs?: number
  /** Who signs it, when it is somebody else. */
  readonly signedBy?: KeyObject
  /** The archive, when it is not to be packed from `files`. */
  readonly archive?: Buffer
}

/** A signed release with its artifact and torrent, as a coordinator would have built it. */
export async function fixtureRelease(parent: string, options: ReleaseOptions): Promise<FixtureRelease> {
  const { releaseId, app = 'hello', files } = options
  const directory = join(parent, releaseId)
  mkdirSync(directory, { recursive: true })
  const bytes = options.archive ?? (await tarOf(files))
  const fileName = `${releaseId}.tar`
  writeFileSync(join(directory, fileName), bytes)
  const torrent = await createMetainfo({
    path: join(directory, fileName),
    announce: options.announce ?? [],
    pieceLengthBytes: 16 * 1024,
  })
  const metainfo = parseMetainfo(torrent)
  const manifest: ReleaseManifest = {
    schemaVersion: 1,
    releaseId,
    app,
    revision: `revision-of-${releaseId}`,
    createdAtMs: options.createdAtMs ?? Date.UTC(2026, 0, 2),
    artifact: {
      fileName,
      format: 'tar',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      infoHash: metainfo.infoHash,
      unpackedBytes: Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0),
      entries: Object.keys(files).length,
    },
    deploy: {
      path: `/srv/${app}`,
      keep: 3,
      hooks: {},
      readiness: { probes: [], intervalMs: 20, timeoutMs: 2_000, successes: 1, healthyDeadlineMs: 10_000 },
      ...options.deploy,
    },
  }
  const manifestBytes = encodeManifest(manifest)
  const signature = signManifest(manifestBytes, options.signedBy ?? privateKey)
  return { manifest, manifestBytes, signature, torrent, metainfo, directory }
}

/** A statement that a release is revoked, signed as releases are. */
export function fixtureRevocation(
  { manifest }: FixtureRelease,
  { reason = 'leaks tokens', sequence = 1, signedBy = privateKey } = {},
): SignedRevocation {
  const { app, releaseId, createdAtMs: releaseCreatedAtMs } = manifest
  const about = { schemaVersion: 1 as const, app, releaseId, releaseCreatedAtMs }
  const statement = encodeRevocation({ ...about, reason, revokedAtMs: Date.UTC(2026, 0, 3), sequence })
  return { statement, signature: signManifest(statement, signedBy) }
}

async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, content] of Object.entries(files))
    archive.entry({ name, mode: name.endsWith('.sh') ? 0o755 : 0o644, mtime: new Date(0) }, content)
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
