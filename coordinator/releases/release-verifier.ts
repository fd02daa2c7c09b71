import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { ReleaseVerification } from '../../proto/http/api.ts'
import { decodeManifest, verifyManifest } from '../../proto/release-manifest.ts'
import { errorMessage } from '../../runtime/errors.ts'
import { parseMetainfo } from '../../swarm/index.ts'
import type { ReleaseFiles } from './release-files.ts'
import type { ReleaseStore } from './release-store.ts'

interface Dependencies {
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  /** Keys whose signatures are accepted. */
  readonly publicPems: readonly string[]
}

/** Reads a stored release again from disk and checks all that an agent would check. */
export async function verifyRelease(
  releaseId: string,
  { store, files, publicPems }: Dependencies,
): Promise<ReleaseVerification> {
  const { manifest: bytes, signature } = await store.signed(releaseId)
  const { artifact } = decodeManifest(bytes)
  const checks = [
    await check('signature', async () => {
      verifyManifest(bytes, signature, publicPems)
      return 'the manifest is signed by this coordinator'
    }),
    await check('artifact', async () => {
      const { sha256, size } = await digest(files.artifactPath(releaseId))
      if (size !== artifact.bytes) throw new Error(`has ${size} bytes, the manifest says ${artifact.bytes}`)
      if (sha256 !== artifact.sha256) throw new Error(`has SHA-256 ${sha256}, the manifest says ${artifact.sha256}`)
      return `${size} bytes, SHA-256 ${sha256}`
    }),
    await check('torrent', async () => {
      const { infoHash } = parseMetainfo(await files.torrent(releaseId))
      if (infoHash !== artifact.infoHash)
        throw new Error(`has info hash ${infoHash}, the manifest says ${artifact.infoHash}`)
      return `info hash ${infoHash}`
    }),
  ]
  return { releaseId, ok: checks.every((entry) => entry.ok), checks }
}

async function check(name: string, body: () => Promise<string>): Promise<ReleaseVerification['checks'][number]> {
  try {
    return { name, ok: true, detail: await body() }
  } catch (error) {
    return { name, ok: false, detail: errorMessage(error) }
  }
}

async function digest(path: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}
