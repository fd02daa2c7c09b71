import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Random } from '../../runtime/random.ts'
import {
  type Swarm as AnySwarm,
  type Metainfo,
  parseMetainfo,
  partPathOf,
  type Transfer,
  type TransferProgress,
  type WebSeeds,
} from '../../swarm/index.ts'
import { bytesOnDisk, requireRoom } from './disk-room.ts'
import { Repairs } from './repairs.ts'

/** What is used of a swarm session. */
export type Swarm = Pick<AnySwarm, 'add' | 'setLimits'>

interface Dependencies {
  readonly swarm: Pick<Swarm, 'add'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface FetchOptions {
  /** Asked when peers are too slow. */
  readonly webSeeds: WebSeeds
  readonly signal: AbortSignal
  readonly onProgress: (progress: TransferProgress) => void
}

const progressPeriodMs = 500
const readBytes = 1024 * 1024

/**
 * The artifacts of this host: `<data>/artifacts/<info hash>/<file name>`. One that is complete goes on being seeded
 * until it leaves or is removed; of one that failed or was cancelled the verified pieces stay for the next try. One that
 * was complete and whose file was changed since is added again by itself: what verifies is kept, the rest is fetched.
 */
export class Artifacts {
  readonly #directory: string
  readonly #dependencies: Dependencies
  readonly #transfers = new Map<string, Transfer>()
  /** Info hashes that somebody waits for. */
  readonly #fetching = new Map<string, number>()
  readonly #repairs: Repairs

  constructor(directory: string, dependencies: Dependencies) {
    this.#directory = directory
    this.#dependencies = dependencies
    this.#repairs = new Repairs(dependencies)
  }

  path({ infoHash, fileName }: Artifact): string {
    return join(this.#directory, infoHash, fileName)
  }

  /**
   * Fetches an artifact and checks the whole of it against the manifest's digest.
   * @throws {RookeryError} FETCH_FAILED, DISK_FULL, TORRENT_INVALID, RELEASE_CORRUPT; the signal's reason when aborted.
   */
  async fetch(artifact: Artifact, torrent: Uint8Array, options: FetchOptions): Promise<TransferProgress> {
    const metainfo = checkedMetainfo(artifact, torrent)
    const path = this.path(artifact)
    let sha256: string
    await requireRoom(this.#directory, artifact.bytes - (await bytesHeld(path)), 'the artifact')
    options.signal.throwIfAborted()
    const { infoHash } = artifact
    this.#fetching.set(infoHash, (this.#fetching.get(infoHash) ?? 0) + 1)
    try {
      const transfer = this.#transfer(artifact, metainfo, options.webSeeds)
      const progress = await this.#completed(artifact, transfer, options)
      sha256 = await digest(path, options.signal)
      if (sha256 === artifact.sha256) return progress
    } finally {
      this.#fetched(infoHash)
    }
    await this.remove(artifact)
    throw new RookeryError(
      'RELEASE_CORRUPT',
      `the artifact has the digest ${sha256}, the manifest says ${artifact.sha256}`,
    )
  }

  /** In the swarm, complete or not, or about to come back to it. */
  isShared({ infoHash }: Artifact): boolean {
    return this.#transfers.has(infoHash) || this.#repairs.isPlanned(infoHash)
  }

  /** Leaves the swarm and keeps the file; false when it is not there, or is being fetched for another release. */
  async leave(artifact: Artifact): Promise<boolean> {
    const { infoHash } = artifact
    if (this.#fetching.has(infoHash) || !this.isShared(artifact)) return false
    const transfer = this.#transfers.get(infoHash)
    this.#transfers.delete(infoHash)
    this.#repairs.cancel(infoHash)
    await transfer?.stop()
    return true
  }

  /** Seeds a complete artifact again; what of it is not whole is fetched from peers, or from `webSeeds` when they are too slow. */
  seed(artifact: Artifact, torrent: Uint8Array, webSeeds: WebSeeds): void {
    this.#transfer(artifact, checkedMetainfo(artifact, torrent), webSeeds)
  }

  /** Tries nothing again from now on; transfers end with the swarm. */
  stop(): void {
    this.#repairs.stop()
  }

  /** Leaves the swarm and deletes the file, what there is of it. */
  async remove({ infoHash }: Pick<Artifact, 'infoHash'>): Promise<void> {
    const transfer = this.#transfers.get(infoHash)
    this.#transfers.delete(infoHash)
    this.#repairs.forget(infoHash)
    await transfer?.remove()
    await rm(join(this.#directory, infoHash), { recursive: true, force: true })
  }

  /** Deletes the artifacts that no release of this host names any more. */
  async sweep(wanted: ReadonlySet<string>): Promise<void> {
    for (const infoHash of await readdir(this.#directory).catch(() => [] as string[]))
      if (!wanted.has(infoHash)) await this.remove({ infoHash })
  }

  /** Connected peers and uploaded bytes of all transfers. */
  totals(): { peers: number; bytesUploaded: number; transfers: number } {
    const all = [...this.#transfers.values()].map((transfer) => transfer.progress())
    return {
      peers: all.reduce((sum, { peers }) => sum + peers, 0),
      bytesUploaded: all.reduce((sum, { bytesUploaded }) => sum + bytesUploaded, 0),
      transfers: all.length,
    }
  }

  #fetched(infoHash: string): void {
    const others = this.#fetching.get(infoHash)! - 1
    if (others > 0) this.#fetching.set(infoHash, others)
    else this.#fetching.delete(infoHash)
  }

  #transfer(artifact: Artifact, metainfo: Metainfo, webSeeds: WebSeeds): Transfer {
    const { infoHash, fileName } = artifact
    const known = this.#transfers.get(infoHash)
    if (known) return known
    this.#repairs.cancel(infoHash)
    const directory = join(this.#directory, infoHash)
    const transfer = this.#dependencies.swarm.add({ metainfo, directory, fileName, webSeeds })
    this.#transfers.set(infoHash, transfer)
    transfer.ended.then((failure) => {
      if (!failure || this.#transfers.get(infoHash) !== transfer) return
      this.#transfers.delete(infoHash)
      // Whoever waits for it is told, and asks again when it likes.
      if (this.#fetching.has(infoHash)) return
      this.#repairs.plan(infoHash, failure, () => this.#transfer(artifact, metainfo, webSeeds))
    })
    return transfer
  }

  async #completed(artifact: Artifact, transfer: Transfer, { signal, onProgress }: FetchOptions) {
    const timer = this.#dependencies.clock.every(progressPeriodMs, () => onProgress(transfer.progress()))
    let onAbort = () => {}
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
    })
    try {
      const progress = await Promise.race([transfer.completed, aborted])
      onProgress(progress)
      return progress
    } catch (error) {
      this.#transfers.delete(artifact.infoHash)
      transfer.completed.catch(() => {})
      await transfer.stop()
      throw error
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/** The torrent must be of just this artifact: the digest would show another one only after it was fetched. */
function checkedMetainfo(artifact: Artifact, torrent: Uint8Array): Metainfo {
  const metainfo = parseMetainfo(torrent)
  if (metainfo.infoHash !== artifact.infoHash || metainfo.totalBytes !== artifact.bytes || metainfo.isMultiFile)
    throw new RookeryError(
      'TORRENT_INVALID',
      `the torrent (${metainfo.infoHash}, ${metainfo.totalBytes} bytes) is not of the manifest's artifact (${artifact.infoHash}, ${artifact.bytes} bytes)`,
    )
  return metainfo
}

/** Bytes of disk that the artifact has already: complete under its name, else as a part. */
async function bytesHeld(path: string): Promise<number> {
  return Math.max(await bytesOnDisk(path), await bytesOnDisk(partPathOf(path)))
}

async function digest(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: readBytes, signal })) hash.update(chunk)
  return hash.digest('hex')
}
