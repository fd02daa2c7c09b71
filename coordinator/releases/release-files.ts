import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a release's large parts lie: `<data>/releases/<release id>/`. */
export class ReleaseFiles {
  readonly #root: string

  constructor(dataDirectory: string) {
    this.#root = join(dataDirectory, 'releases')
  }

  artifactPath(releaseId: string): string {
    return join(this.#root, releaseId, 'artifact')
  }

  torrentPath(releaseId: string): string {
    return join(this.#root, releaseId, 'release.torrent')
  }

  torrent(releaseId: string): Promise<Uint8Array> {
    return readFile(this.torrentPath(releaseId))
  }

  async create(releaseId: string): Promise<void> {
    await mkdir(join(this.#root, releaseId), { recursive: true })
  }

  async remove(releaseId: string): Promise<void> {
    await rm(join(this.#root, releaseId), { recursive: true, force: true })
  }
}
