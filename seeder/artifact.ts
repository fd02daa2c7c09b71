import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, sleep } from '../runtime/clock.ts'
import { pathExists, renameDurably, syncPath } from '../runtime/durable-file.ts'
import { RookeryError, toRookeryError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Metainfo, Swarm, Transfer } from '../swarm/index.ts'
import { download } from './download.ts'
import { firstWrongPiece } from './piece-check.ts'

/** What is known of an artifact: data exists only in the states that have it. */
type ArtifactState =
  | { readonly is: 'fetching' }
  | { readonly is: 'verifying' }
  | { readonly is: 'seeding'; readonly transfer: Transfer }
  | { readonly is: 'failed'; readonly failure: { readonly code: string; readonly message: string } }

export interface ArtifactView {
  readonly infoHash: string
  readonly name: string
  readonly bytes: number
  readonly state: ArtifactState['is']
  readonly failure: { readonly code: string; readonly message: string } | null
  readonly peers: number
  readonly bytesUploaded: number
}

interface ArtifactOptions {
  readonly metainfo: Metainfo
  readonly sourceUrl: string
  readonly token?: string
  /** The artifact's own directory. */
  readonly directory: string
}

interface Dependencies {
  readonly swarm: Pick<Swarm, 'add'>
  readonly clock: Clock
  readonly logger: Logger
}

/** A source that does not answer is asked so often before the artifact counts as failed. */
const downloadTries = 5
const retryMs = 1_000

/** The disk under a seeding artifact is gone or broken; handed over again, it is downloaded again. */
const unreadable: ArtifactState = {
  is: 'failed',
  failure: { code: 'FETCH_FAILED', message: 'the artifact can no longer be read from the disk' },
}

/** One artifact on its way from its source to the swarm: downloaded, verified piece by piece, seeded. */
export class Artifact {
  readonly #options: ArtifactOptions
  readonly #dependencies: Dependencies
  readonly #stopping = new AbortController()
  #state: ArtifactState = { is: 'fetching' }
  #work: Promise<void> = Promise.resolve()

  constructor(options: ArtifactOptions, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  start(): void {
    this.#work = this.#bring().catch((error) => this.#fail(error))
  }

  view(): ArtifactView {
    const { metainfo } = this.#options
    const progress = this.#state.is === 'seeding' ? this.#state.transfer.progress() : undefined
    const state = progress?.state === 'failed' ? unreadable : this.#state
    return {
      infoHash: metainfo.infoHash,
      name: metainfo.name,
      bytes: metainfo.totalBytes,
      state: state.is,
      failure: state.is === 'failed' ? state.failure : null,
      peers: progress?.peers ?? 0,
      bytesUploaded: progress?.bytesUploaded ?? 0,
    }
  }

  /** Leaves the swarm; what is on disk stays. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'))
    await this.#work
    if (this.#state.is === 'seeding') await this.#state.transfer.stop()
  }

  async #bring(): Promise<void> {
    const { metainfo, directory } = this.#options
    const content = join(directory, 'content')
    const path = join(content, metainfo.name)
    await mkdir(content, { recursive: true })
    if (!(await pathExists(path)) || !(await this.#isRight(path))) await this.#fetchInto(path)
    const transfer = this.#dependencies.swarm.add({ metainfo, directory: content, isReadOnly: true, isVerified: true })
    await transfer.completed
    this.#state = { is: 'seeding', transfer }
    this.#dependencies.logger.info(
      { infoHash: metainfo.infoHash, name: metainfo.name, bytes: metainfo.totalBytes },
      'seeding',
    )
  }

  async #fetchInto(path: string): Promise<void> {
    const { metainfo, directory } = this.#options
    this.#state = { is: 'fetching' }
    const partial = join(directory, 'download.part')
    await this.#download(partial)
    if (!(await this.#isRight(partial))) {
      await rm(partial, { force: true })
      throw new RookeryError(
        'RELEASE_CORRUPT',
        `what the source gave is not what the torrent of ${metainfo.infoHash} says`,
      )
    }
    await syncPath(partial)
    await renameDurably(partial, path)
  }

  async #download(path: string): Promise<void> {
    const { metainfo, sourceUrl, token } = this.#options
    const { clock, logger } = this.#dependencies
    const { signal } = this.#stopping
    for (let attempt = 1; ; attempt++) {
      try {
        return await download({ url: sourceUrl, token, path, totalBytes: metainfo.totalBytes, signal })
      } catch (error) {
        if (signal.aborted || attempt === downloadTries || toRookeryError(error).code !== 'FETCH_FAILED') throw error
        logger.warn({ infoHash: metainfo.infoHash, attempt }, toRookeryError(error).message)
        await sleep(clock, retryMs * attempt, signal)
      }
    }
  }

  async #isRight(path: string): Promise<boolean> {
    const { metainfo } = this.#options
    this.#state = { is: 'verifying' }
    const wrong = await firstWrongPiece(metainfo, path, this.#stopping.signal)
    if (wrong !== undefined)
      this.#dependencies.logger.warn(
        { infoHash: metainfo.infoHash, piece: wrong },
        'a piece is not what the torrent says',
      )
    return wrong === undefined
  }

  #fail(thrown: unknown): void {
    if (this.#stopping.signal.aborted) return
    const { code, message } = toRookeryError(thrown)
    this.#state = { is: 'failed', failure: { code, message } }
    this.#dependencies.logger.error({ infoHash: this.#options.metainfo.infoHash, code }, `artifact failed: ${message}`)
  }
}
