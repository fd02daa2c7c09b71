import { rm } from 'node:fs/promises'
import { RookeryError } from '../../runtime/errors.ts'
import type { StoredRelease } from '../releases/release-store.ts'
import { readTreeList } from '../unpack/tree-list.ts'
import { TreeMender } from '../unpack/tree-mender.ts'
import { unpack } from '../unpack/unpack.ts'
import { verifyTree } from './verify-tree.ts'

/**
 * Makes a held tree what was unpacked again, while it is live: only what differs is unpacked anew, so that there are never
 * two trees, and the release is never without one.
 * @param archivePath the artifact, its digest already checked.
 * @param list what was unpacked; undefined when no list was made.
 * @throws {RookeryError} NOT_FOUND without a list; as unpacking does. The tree is mended as a whole, or as it was.
 */
export async function mendRelease(
  { manifest, layout }: StoredRelease,
  archivePath: string,
  list: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { app, releaseId, artifact, createdAtMs: modifiedAtMs } = manifest
  if (list === undefined)
    throw new RookeryError('NOT_FOUND', `no list was made when ${releaseId} of ${app} was unpacked`)
  const root = layout.releaseDirectory(releaseId)
  const wanted = new Set<string>()
  await verifyTree(root, readTreeList(list), signal, (path) => wanted.add(path))
  if (wanted.size === 0) return
  const directory = layout.temporaryDirectory(releaseId)
  const sink = new TreeMender({ root, scratch: directory, wanted, modifiedAtMs })
  try {
    await unpack({ archivePath, artifact, directory, modifiedAtMs, signal, sink })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
