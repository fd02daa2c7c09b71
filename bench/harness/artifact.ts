import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createMetainfo, parseMetainfo } from '../../swarm/index.ts'

/** What a measurement sends. */
export interface Artifact {
  readonly path: string
  readonly fileName: string
  readonly torrent: string
  readonly infoHash: string
  readonly sha1: string
}

interface ArtifactOptions {
  readonly directory: string
  readonly sizeBytes: number
  readonly pieceLengthBytes: number
  /** Announce URL. */
  readonly tracker: string
}

const fileName = 'artifact.bin'
const chunkBytes = 2 ** 24

/** Random bytes, so that nothing on the way compresses them, and their torrent. */
export async function makeArtifact(options: ArtifactOptions, signal: AbortSignal): Promise<Artifact> {
  const { directory, sizeBytes, pieceLengthBytes, tracker } = options
  const path = join(directory, fileName)
  const sha1 = createHash('sha1')
  const file = await open(path, 'wx')
  try {
    const chunk = Buffer.alloc(Math.min(chunkBytes, sizeBytes))
    for (let left = sizeBytes; left > 0; left -= chunk.length) {
      signal.throwIfAborted()
      const part = randomFillSync(chunk).subarray(0, left)
      sha1.update(part)
      await file.writeFile(part)
    }
  } finally {
    await file.close()
  }
  const torrent = join(directory, `${fileName}.torrent`)
  const metainfo = await createMetainfo({ path, announce: [tracker], pieceLengthBytes })
  await writeFile(torrent, metainfo)
  return { path, fileName, torrent, infoHash: parseMetainfo(metainfo).infoHash, sha1: sha1.digest('hex') }
}

/** Whether the directory holds the artifact, byte for byte. */
export async function holds(directory: string, artifact: Artifact): Promise<boolean> {
  const sha1 = createHash('sha1')
  try {
    for await (const chunk of createReadStream(join(directory, artifact.fileName), { highWaterMark: 2 ** 20 }))
      sha1.update(chunk as Buffer)
  } catch {
    return false
  }
  return sha1.digest('hex') === artifact.sha1
}
