import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathExists, renameDurably, syncPath } from '../../runtime/durable-file.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { FileSet } from './file-set.ts'

/** What has verified of a torrent that is not complete, in place of `finalPath`. */
export function partPathOf(finalPath: string): string {
  return `${finalPath}.rookery-part`
}

/** Where a torrent's files are while they are fetched, and where once they are complete. */
export class Destination {
  /** A file, or the directory of a multi-file torrent. */
  readonly finalPath: string
  readonly partPath: string
  readonly journalPath: string

  /** @param fileName in place of the torrent's own name; one path component. */
  constructor(metainfo: Metainfo, directory: string, fileName?: string) {
    this.finalPath = join(directory, fileName ?? metainfo.name)
    this.partPath = partPathOf(this.finalPath)
    this.journalPath = `${this.finalPath}.rookery-pieces`
  }

  hasFinal(): Promise<boolean> {
    return pathExists(this.finalPath)
  }

  hasPart(): Promise<boolean> {
    return pathExists(this.partPath)
  }

  /** Gives the files their final names; whatever stood there before is replaced file by file. */
  async publish(files: FileSet): Promise<void> {
    if ((await isDirectory(this.partPath)) && (await isDirectory(this.finalPath))) await this.#publishEach(files)
    else await renameDurably(this.partPath, this.finalPath)
    files.movedTo(this.finalPath)
  }

  async #publishEach(files: FileSet): Promise<void> {
    for (const file of files.files) {
      const target = join(this.finalPath, ...file.path)
      await mkdir(dirname(target), { recursive: true })
      await rename(join(this.partPath, ...file.path), target)
      await syncPath(dirname(target))
    }
    await rm(this.partPath, { recursive: true, force: true })
  }

  async removePart(): Promise<void> {
    await rm(this.partPath, { recursive: true, force: true })
    await rm(this.journalPath, { force: true })
  }

  async removeAll(): Promise<void> {
    await this.removePart()
    await rm(this.finalPath, { recursive: true, force: true })
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
