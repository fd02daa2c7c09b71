import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, sleep } from '../runtime/clock.ts'
import { pathExists, renameDurably, syncPath } from '../runtime/durable-file.ts'
import { RookeryError, toRookeryError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'
import { jittered, type Random } from '../runtime/random.ts'
import type { Metainfo, Swarm, Transfer } from '../swarm/index.ts'
import { download } from './download.ts'
import { firstWrongPiece } from './piece-check.ts'

interface Failure {
  readonly code: string
  readonly message: string
}

/** What is known of an artifact: data exists only in the states that have it. */
type ArtifactState =
  | { readonly is: 'fetching' }
  | { readonly is: 'fetching'; readonly lost: Failure; readonly transfer?: Transfer }
  | { readonly is: 'verifying' }
  | { readonly is: 'seeding'; readonly transfer: Transfer }
  | { readonly is: 'failed'; readonly failure: Failure }

export interface ArtifactView {
  readonly infoHash: string
  readonly name: string
  readonly bytes: number
  readonly state: ArtifactState['is']
  /** Why it failed, or why what was seeded is fetched again. */
  readonly failure: Failure | null
  readonly peers: number
  readonly bytesUploaded: number
}

interface ArtifactOptions {
  readonly metainfo: Metainfo
  readonly sourceUrl: string
  readonly fetch?: typeof globalThis.fetch
  /** The artifact's own directory. */
  readonly directory: string
}

interface Dependencies {
  readonly swarm: Pick<Swarm, 'add'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** A source that does not answer is asked so often before the artifact counts as failed. */
const downloadTries = 5
const retryMs = 1_000
/** Before what was changed on the disk is fetched again: whoever writes to it has time to end, and nothing spins. */
const repairMs = 2_000
const repairJitter = 0.5

/**
 * One artifact on its way from its source to the swarm: downloaded, verified piece by piece, seeded. When its file is changed
 * or cut off later, what still verifies is kept, and peers and the source give the rest.
 */
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
    const state = this.#state
    const progress = transferOf(state)?.progress()
    return {
      infoHash: metainfo.infoHash,
      name: metainfo.name,
      bytes: metainfo.totalBytes,
      state: state.is,
      failure: failureOf(state),
      peers: progress?.peers ?? 0,
      bytesUploaded: progress?.bytesUploaded ?? 0,
    }
  }

  /** Leaves the swarm; what is on disk stays. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'))
    await transferOf(this.#state)?.stop()
    await this.#work
    await transferOf(this.#state)?.stop()
  }

  async #bring(): Promise<void> {
    const { metainfo, directory } = this.#options
    const content = join(directory, 'content')
    const path = join(content, metainfo.name)
    await mkdir(content, { recursive: true })
    if (!(await pathExists(path)) || !(await this.#isRight(path))) await this.#fetchInto(path)
    await this.#seed(this.#dependencies.swarm.add({ metainfo, directory: content, isReadOnly: true, isVerified: true }))
  }

  async #seed(transfer: Transfer): Promise<void> {
    const { metainfo } = this.#options
    await transfer.completed
    this.#state = { is: 'seeding', transfer }
    transfer.ended.then((lost) => {
      if (!lost || this.#stopping.signal.aborted) return
      this.#work = this.#repair(lost).catch((error) => this.#fail(error))
    })
    this.#dependencies.logger.info(
      { infoHash: metainfo.infoHash, name: metainfo.name, bytes: metainfo.totalBytes },
      'seeding',
    )
  }

  /** Handed over again is what this cannot repair: then it has failed. */
  async #repair({ code, message }: RookeryError): Promise<void> {
    const { metainfo, sourceUrl, fetch, directory } = this.#options
    const { swarm, clock, random, logger } = this.#dependencies
    const lost = { code, message }
    this.#state = { is: 'fetching', lost }
    logger.error({ infoHash: metainfo.infoHash, name: metainfo.name, code }, `not seeded until repaired: ${message}`)
    await sleep(clock, jittered(repairMs, repairJitter, random), this.#stopping.signal)
    const content = join(directory, 'content')
    const transfer = swarm.add({ metainfo, directory: content, webSeeds: { urls: [sourceUrl], fetch } })
    this.#state = { is: 'fetching', lost, transfer }
    await this.#seed(transfer)
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
    const { metainfo, sourceUrl, fetch } = this.#options
    const { clock, logger } = this.#dependencies
    const { signal } = this.#stopping
    for (let attempt = 1; ; attempt++) {
      try {
        return await download({ url: sourceUrl, fetch, path, totalBytes: metainfo.totalBytes, signal })
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

function transferOf(state: ArtifactState): Transfer | undefined {
  return 'transfer' in state ? state.transfer : undefined
}

function failureOf(state: ArtifactState): Failure | null {
  if (state.is === 'failed') return state.failure
  return 'lost' in state ? state.lost : null
}
