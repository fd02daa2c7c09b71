import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeManifest, type ReleaseManifest } from '../../proto/release-manifest.ts'
import type { ObservedRelease } from '../../proto/session.ts'
import { pathExists, writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, toRookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { TrustedKeys } from '../fetch/trusted-keys.ts'
import { encodeTreeList, type TreeEntry } from '../unpack/tree-list.ts'
import { type AppState, noApp, parseAppState, rollbackReleaseId, swappedTo } from './app-state.ts'
import { DeployLayout } from './deploy-layout.ts'

/** What the coordinator sent of a release, byte for byte. */
export interface SignedRelease {
  readonly manifestBytes: Uint8Array
  readonly signature: Uint8Array
  readonly torrent: Uint8Array
}

export interface StoredRelease extends SignedRelease {
  readonly manifest: ReleaseManifest
  readonly layout: DeployLayout
  /** When it was unpacked; null when it is not on disk as a tree. */
  readonly heldAtMs: number | null
  /** Why nothing of it may be run: when the agent was started, its manifest on the disk was not what a trusted key signed. */
  readonly distrust?: RookeryError
}

interface Options {
  readonly dataDirectory: string
  readonly deployRoot: string
}

interface Dependencies {
  readonly keys: Pick<TrustedKeys, 'requireRelease'>
  readonly logger: Logger
}

/**
 * The releases of this host. In `<data>/releases/<app>/<release id>/`: manifest.json, manifest.sig, artifact.torrent, and
 * held.json and tree.jsonl once the tree is unpacked; in `<data>/apps/<app>/state.json` what is live. Held in memory, each change durable.
 */
export class ReleaseStore {
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #releases = new Map<string, Map<string, StoredRelease>>()
  readonly #apps = new Map<string, AppState>()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** Reads everything and takes away what was left half done. What `current` says wins over what was noted. */
  async load(): Promise<void> {
    for (const app of await names(join(this.#options.dataDirectory, 'releases'))) {
      for (const releaseId of await names(this.#appDirectory(app))) await this.#loadRelease(app, releaseId)
      await this.#loadApp(app)
    }
  }

  find(app: string, releaseId: string): StoredRelease | undefined {
    return this.#releases.get(app)?.get(releaseId)
  }

  all(): StoredRelease[] {
    return [...this.#releases.values()].flatMap((releases) => [...releases.values()])
  }

  app(app: string): AppState {
    return this.#apps.get(app) ?? noApp
  }

  get apps(): readonly string[] {
    return [...this.#releases.keys()]
  }

  live(app: string): StoredRelease | undefined {
    const { liveReleaseId } = this.app(app)
    return liveReleaseId === null ? undefined : this.find(app, liveReleaseId)
  }

  observed(): ObservedRelease[] {
    return this.apps.map((app) => {
      const { liveReleaseId, ready } = this.app(app)
      const held = this.#held(app).map((release) => release.manifest.releaseId)
      return { app, liveReleaseId: liveReleaseId ?? '', ready, heldReleaseIds: held }
    })
  }

  /**
   * Stores a release whose signature was verified; its tree comes later.
   * @throws {RookeryError} CONFLICT when its deploy path belongs to another app, or the id to another manifest.
   */
  async put(signed: SignedRelease): Promise<StoredRelease> {
    const manifest = decodeManifest(signed.manifestBytes)
    const { app, releaseId } = manifest
    const layout = new DeployLayout(this.#options.deployRoot, manifest.deploy.path)
    const known = this.find(app, releaseId)
    this.#checkConflicts(manifest, layout, known, signed)
    if (known && !known.distrust) return known
    const directory = this.#releaseDirectory(app, releaseId)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFileDurably(join(directory, 'artifact.torrent'), signed.torrent)
    await writeFileDurably(join(directory, 'manifest.sig'), signed.signature)
    await writeFileDurably(join(directory, 'manifest.json'), signed.manifestBytes)
    return this.#remember({ ...signed, manifest, layout, heldAtMs: await this.#heldAtMs(layout, releaseId, directory) })
  }

  /** The manifest and its signature as they lie on the disk now. */
  async readSigned({ manifest: { app, releaseId } }: StoredRelease): Promise<Omit<SignedRelease, 'torrent'>> {
    const directory = this.#releaseDirectory(app, releaseId)
    return {
      manifestBytes: await readFile(join(directory, 'manifest.json')),
      signature: await readFile(join(directory, 'manifest.sig')),
    }
  }

  /** Notes what was unpacked, before the tree gets its final name. */
  async recordTree({ manifest: { app, releaseId } }: StoredRelease, entries: readonly TreeEntry[]): Promise<void> {
    await writeFileDurably(this.#treeList(app, releaseId), encodeTreeList(entries))
  }

  /** The list of what was unpacked; undefined for a tree that an older agent unpacked. */
  async treeList({ manifest: { app, releaseId } }: StoredRelease): Promise<string | undefined> {
    const path = this.#treeList(app, releaseId)
    return (await pathExists(path)) ? path : undefined
  }

  async markHeld({ manifest: { app, releaseId } }: StoredRelease, heldAtMs: number): Promise<StoredRelease> {
    const release = this.find(app, releaseId)!
    await writeFileDurably(join(this.#releaseDirectory(app, releaseId), 'held.json'), JSON.stringify({ heldAtMs }))
    return this.#remember({ ...release, heldAtMs })
  }

  async setApp(app: string, state: AppState): Promise<void> {
    this.#apps.set(app, state)
    await writeFileDurably(this.#stateFile(app), JSON.stringify(state))
  }

  /**
   * Releases that may go: beyond the newest `keep`, and none of `needed`, of what is live, of what a rollback goes to, and
   * of what knows how to bring the host back to traffic.
   */
  prunable(app: string, keep: number, needed: readonly string[]): StoredRelease[] {
    const state = this.app(app)
    const spared = new Set([state.liveReleaseId, rollbackReleaseId(state), state.drainedBy, ...needed])
    const held = this.#held(app).sort((a, b) => b.heldAtMs! - a.heldAtMs!)
    const old = held.slice(keep).filter((release) => !spared.has(release.manifest.releaseId))
    const unheld = [...(this.#releases.get(app)?.values() ?? [])].filter((release) => release.heldAtMs === null)
    return [...old, ...unheld.filter((release) => !spared.has(release.manifest.releaseId))]
  }

  /** Deletes the tree and what is remembered of it. The artifact is not the store's. */
  async remove({ manifest: { app, releaseId }, layout }: StoredRelease): Promise<void> {
    this.#releases.get(app)?.delete(releaseId)
    await layout.remove(releaseId)
    await rm(this.#releaseDirectory(app, releaseId), { recursive: true, force: true })
  }

  #held(app: string): StoredRelease[] {
    return [...(this.#releases.get(app)?.values() ?? [])].filter((release) => release.heldAtMs !== null)
  }

  #checkConflicts(
    manifest: ReleaseManifest,
    layout: DeployLayout,
    known: StoredRelease | undefined,
    signed: SignedRelease,
  ) {
    // One that was altered on the disk is replaced by the one it was.
    if (known && !known.distrust && !Buffer.from(known.manifestBytes).equals(signed.manifestBytes))
      throw new RookeryError('CONFLICT', `release ${manifest.releaseId} is known on this host with another manifest`)
    const other = this.all().find(
      (release) => release.layout.path === layout.path && release.manifest.app !== manifest.app,
    )
    if (other) throw new RookeryError('CONFLICT', `${layout.path} is the deploy path of ${other.manifest.app}`)
  }

  #remember(release: StoredRelease): StoredRelease {
    const { app, releaseId } = release.manifest
    const releases = this.#releases.get(app) ?? new Map<string, StoredRelease>()
    this.#releases.set(app, releases.set(releaseId, release))
    return release
  }

  async #loadRelease(app: string, releaseId: string): Promise<void> {
    const directory = this.#releaseDirectory(app, releaseId)
    try {
      const manifestBytes = await readFile(join(directory, 'manifest.json'))
      const manifest = decodeManifest(manifestBytes)
      if (manifest.app !== app || manifest.releaseId !== releaseId)
        throw new Error(`its manifest is that of ${manifest.releaseId} of ${manifest.app}`)
      const layout = new DeployLayout(this.#options.deployRoot, manifest.deploy.path)
      const [signature, torrent] = await Promise.all(
        ['manifest.sig', 'artifact.torrent'].map((name) => readFile(join(directory, name))),
      )
      const signed = { manifestBytes, signature: signature!, torrent: torrent! }
      const distrust = await this.#distrustOf(signed)
      // What is said by nobody knows whom is not acted upon, not even to tidy up.
      if (!distrust) await layout.sweep()
      const heldAtMs = (await layout.holds(releaseId)) ? await heldAt(directory) : null
      this.#remember({ ...signed, manifest, layout, heldAtMs, distrust })
    } catch (error) {
      this.#dependencies.logger.warn(
        { app, releaseId },
        `a stored release cannot be read and is passed over: ${errorMessage(error)}`,
      )
    }
  }

  async #distrustOf(signed: SignedRelease): Promise<RookeryError | undefined> {
    try {
      await this.#dependencies.keys.requireRelease(signed)
      return undefined
    } catch (error) {
      return toRookeryError(error)
    }
  }

  /** A tree that was unpacked here, of a release whose manifest was lost or altered since. */
  async #heldAtMs(layout: DeployLayout, releaseId: string, directory: string): Promise<number | null> {
    const isUnpacked = await pathExists(join(directory, 'tree.jsonl'))
    return isUnpacked && (await layout.holds(releaseId)) ? heldAt(directory) : null
  }

  async #loadApp(app: string): Promise<void> {
    let state = noApp
    try {
      state = parseAppState(await readFile(this.#stateFile(app), 'utf8'))
    } catch {
      // Never activated, or the note was lost: the links tell.
    }
    const layouts = new Map([...(this.#releases.get(app)?.values() ?? [])].map(({ layout }) => [layout.path, layout]))
    const noted = state.liveReleaseId === null ? undefined : this.find(app, state.liveReleaseId)?.layout
    for (const layout of noted ? [noted] : layouts.values()) {
      const live = await layout.liveReleaseId()
      if (live === null || live === state.liveReleaseId || !this.find(app, live)) continue
      // Killed between the swap and its note.
      state = swappedTo(state, live, state.rolloutId)
    }
    this.#apps.set(app, state)
  }

  #appDirectory(app: string): string {
    return join(this.#options.dataDirectory, 'releases', app)
  }

  #releaseDirectory(app: string, releaseId: string): string {
    return join(this.#appDirectory(app), releaseId)
  }

  #treeList(app: string, releaseId: string): string {
    return join(this.#releaseDirectory(app, releaseId), 'tree.jsonl')
  }

  #stateFile(app: string): string {
    return join(this.#options.dataDirectory, 'apps', app, 'state.json')
  }
}

/** The tree has its final name only when it is whole, so a note that was lost does not matter. */
async function heldAt(directory: string): Promise<number> {
  try {
    return (JSON.parse(await readFile(join(directory, 'held.json'), 'utf8')) as { heldAtMs: number }).heldAtMs
  } catch {
    return 0
  }
}

async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}
