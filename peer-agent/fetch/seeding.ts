import { readFile } from 'node:fs/promises'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, systemErrorCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { WebSeeds } from '../../swarm/index.ts'
import type { ReleaseStore, StoredRelease } from '../releases/release-store.ts'
import type { Artifacts } from './artifacts.ts'

interface Options {
  /** Where the terms are kept. */
  readonly file: string
  /** How long an artifact is seeded in any case. */
  readonly seedForMs: number
}

interface Dependencies {
  readonly store: Pick<ReleaseStore, 'all'>
  readonly artifacts: Pick<Artifacts, 'seed' | 'leave' | 'isShared'>
  /** Where a release's artifact can be had over HTTP. */
  readonly webSeedsOf: (releaseId: string) => WebSeeds
  readonly clock: Clock
  readonly logger: Logger
}

/** Of one artifact. */
interface Term {
  /** Epoch ms since which it is complete here, or was asked for again. */
  readonly sinceMs: number
  /** It has left the swarm. */
  readonly isOver: boolean
}

/** Longest wait of a timer: Node's own end at 24 days. */
const longestWaitMs = 24 * 60 * 60 * 1000

/**
 * Decides how long this host seeds the artifacts that it holds: for `seedForMs`, and beyond that while a host in its zone
 * fetches one. Then the artifact leaves the swarm and its file stays, until it is wanted again. A restart changes nothing.
 */
export class Seeding {
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #terms = new Map<string, Term>()
  /** Releases that the zone fetches; undefined while nobody has said. */
  #wanted: ReadonlySet<string> | undefined
  #timer: Timer | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  /** Seeds again what was seeded before the restart. */
  async start(): Promise<void> {
    const { file } = this.#options
    try {
      const kept = JSON.parse(await readFile(file, 'utf8')) as Record<string, Term>
      for (const [infoHash, term] of Object.entries(kept)) this.#terms.set(infoHash, term)
    } catch (error) {
      // Without its note every artifact begins a new term.
      if (systemErrorCode(error) !== 'ENOENT')
        this.#dependencies.logger.warn({ file }, `what was seeded is not known: ${errorMessage(error)}`)
    }
    await this.#review()
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    await this.#work
    this.#timer?.cancel()
  }

  /** The release is complete here, or is asked for again: its term begins. */
  begin({ manifest: { artifact } }: StoredRelease): Promise<void> {
    return this.#review(artifact.infoHash)
  }

  /** What the hosts of this zone fetch now: all of it. */
  want(releaseIds: readonly string[]): Promise<void> {
    this.#wanted = new Set(releaseIds)
    return this.#review()
  }

  /** One review after the other; begins the term of `begun` first. Never rejects. */
  #review(begun?: string): Promise<void> {
    this.#work = this.#work
      .then(() => this.#reviewNow(begun))
      .catch((error) => this.#dependencies.logger.error({ error }, 'what is seeded could not be reviewed'))
    return this.#work
  }

  async #reviewNow(begun: string | undefined): Promise<void> {
    let hasChanged = begun !== undefined
    if (begun !== undefined) this.#terms.set(begun, { sinceMs: this.#dependencies.clock.now(), isOver: false })
    const { store, artifacts, webSeedsOf, clock, logger } = this.#dependencies
    const held = store.all().filter((release) => release.heldAtMs !== null && !release.distrust)
    const byInfoHash = Map.groupBy(held, (release) => release.manifest.artifact.infoHash)
    let nextMs = Number.POSITIVE_INFINITY
    for (const infoHash of this.#terms.keys()) if (!byInfoHash.has(infoHash)) this.#terms.delete(infoHash)
    for (const [infoHash, releases] of byInfoHash) {
      const term = this.#terms.get(infoHash) ?? { sinceMs: clock.now(), isOver: false }
      const leftMs = term.isOver ? 0 : this.#leftMs(term)
      const isWanted = releases.some(({ manifest }) => this.#wanted?.has(manifest.releaseId) ?? !term.isOver)
      const isOver = leftMs === 0 && !isWanted
      const [{ manifest, torrent }] = releases as [StoredRelease]
      const { artifact, releaseId } = manifest
      if (isOver && (await artifacts.leave(artifact))) logger.info({ infoHash }, 'seeded long enough: left the swarm')
      if (!isOver && !artifacts.isShared(artifact)) artifacts.seed(artifact, torrent, webSeedsOf(releaseId))
      if (leftMs > 0) nextMs = Math.min(nextMs, leftMs)
      if (this.#terms.get(infoHash)?.isOver !== isOver) hasChanged = true
      this.#terms.set(infoHash, { ...term, isOver })
    }
    if (hasChanged) await this.#keep()
    this.#timer?.cancel()
    if (nextMs < Number.POSITIVE_INFINITY) this.#timer = clock.after(nextMs, () => void this.#review())
  }

  /** A wall clock that was set back gives no artifact more than a whole term. */
  #leftMs({ sinceMs }: Term): number {
    const { seedForMs } = this.#options
    const elapsedMs = this.#dependencies.clock.now() - sinceMs
    return Math.min(Math.max(seedForMs - elapsedMs, 0), seedForMs, longestWaitMs)
  }

  async #keep(): Promise<void> {
    try {
      await writeFileDurably(this.#options.file, JSON.stringify(Object.fromEntries(this.#terms)))
    } catch (error) {
      // A full disk must not stop anything else; the next agent seeds for longer than it has to.
      this.#dependencies.logger.warn(`what is seeded cannot be noted: ${errorMessage(error)}`)
    }
  }
}
