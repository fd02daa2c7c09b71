import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { syncPath } from '../../runtime/durable-file.ts'

const run = promisify(execFile)

/**
 * Makes a whole tree survive a power cut. Node cannot call syncfs(2), but `sync -f` of the coreutils does: one call
 * for the tree, where an fsync for each of tens of thousands of files takes minutes on a disk. Without that tool
 * it is file by file.
 */
export async function syncTree(root: string, directories: readonly string[]): Promise<void> {
  try {
    await run('sync', ['-f', root])
  } catch {
    for (const path of ['', ...directories]) await syncEntries(join(root, path))
  }
}

async function syncEntries(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }))
    if (entry.isFile()) await syncPath(join(directory, entry.name))
  await syncPath(directory)
}
