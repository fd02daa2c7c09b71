import { randomUUID } from 'node:crypto'
import { lchown, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { syncPath } from '../../runtime/durable-file.ts'
import { RookeryError, systemErrorCode } from '../../runtime/errors.ts'

/**
 * Where an app lies on a host: `releases/<release id>/`, `current` → one of them, and `shared/`, which releases never touch.
 * The trees are as they were packed; whatever the agent remembers of them stands in its own data directory.
 */
export class DeployLayout {
  /** `<deployRoot><path>` of the manifest; a path with `..` cannot leave the deploy root. */
  readonly path: string
  readonly #releases: string

  constructor(deployRoot: string, deployPath: string) {
    this.path = join(deployRoot, resolve('/', deployPath))
    this.#releases = join(this.path, 'releases')
  }

  get current(): string {
    return join(this.path, 'current')
  }

  releaseDirectory(releaseId: string): string {
    return join(this.#releases, releaseId)
  }

  /** A name beside the release's own for a tree that is still being written. */
  temporaryDirectory(releaseId: string): string {
    return join(this.#releases, `.${releaseId}.${randomUUID().slice(0, 8)}.partial`)
  }

  /** @param owner of `shared/`, which is the app's own; what another owns already stays so. */
  async prepare(owner?: { readonly uid: number; readonly gid: number }): Promise<void> {
    await mkdir(this.#releases, { recursive: true, mode: 0o755 })
    const shared = join(this.path, 'shared')
    await mkdir(shared, { recursive: true, mode: 0o755 })
    if (!owner) return
    const stats = await lstat(shared)
    if (stats.isDirectory() && stats.uid === process.getuid?.()) await lchown(shared, owner.uid, owner.gid)
  }

  async holds(releaseId: string): Promise<boolean> {
    const stats = await lstat(this.releaseDirectory(releaseId)).catch(ignoreMissing)
    return stats?.isDirectory() ?? false
  }

  /** The release `current` points to; null when there is none. */
  async liveReleaseId(): Promise<string | null> {
    const target = await readlink(this.current).catch(ignoreMissing)
    return target === undefined ? null : basename(target)
  }

  /**
   * Points `current` to a held release: a new link takes the old one's name, so that there is no moment without one.
   * @throws {RookeryError} CONFLICT when `current` is something of somebody else.
   */
  async swap(releaseId: string): Promise<void> {
    const stats = await lstat(this.current).catch(ignoreMissing)
    if (stats && !stats.isSymbolicLink())
      throw new RookeryError(
        'CONFLICT',
        `${this.current} is not a link; move it away so that releases can be activated`,
      )
    const temporary = join(this.path, `.current.${randomUUID().slice(0, 8)}`)
    await symlink(join('releases', releaseId), temporary)
    try {
      await rename(temporary, this.current)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await syncPath(this.path)
  }

  /**
   * The name goes first, so that a tree that is half deleted is never taken for a release. The deletion of a large tree
   * takes a while and is not waited for; what is left of it when the agent ends, `sweep` takes.
   */
  async remove(releaseId: string): Promise<void> {
    const condemned = this.temporaryDirectory(releaseId)
    try {
      await rename(this.releaseDirectory(releaseId), condemned)
    } catch (error) {
      ignoreMissing(error)
      return
    }
    void rm(condemned, { recursive: true, force: true }).catch(() => {})
  }

  /** Takes away what an agent that was killed left half written or half deleted. */
  async sweep(): Promise<void> {
    for (const name of (await readdir(this.#releases).catch(ignoreMissing)) ?? [])
      if (name.startsWith('.') && name.endsWith('.partial'))
        await rm(join(this.#releases, name), { recursive: true, force: true })
    for (const name of (await readdir(this.path).catch(ignoreMissing)) ?? [])
      if (name.startsWith('.current.')) await rm(join(this.path, name), { force: true })
  }
}

function ignoreMissing(error: unknown): undefined {
  if (systemErrorCode(error) !== 'ENOENT') throw error
  return undefined
}
