import { decodeManifest } from '../../proto/release-manifest.ts'
import { type Clock, sleep, type Timer } from '../../runtime/clock.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore } from '../releases/release-store.ts'
import type { ControlClient } from './control-client.ts'

/** An artifact as the seeder's control API lists it. */
interface SeederArtifact {
  readonly infoHash: string
  readonly state: 'fetching' | 'verifying' | 'seeding' | 'failed'
  readonly failure: { readonly code: string; readonly message: string } | null
}

interface Dependencies {
  readonly tracker: ControlClient
  readonly seeder: ControlClient
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  /** Base URL from which the seeder downloads artifacts. */
  readonly publicUrl: () => string
  readonly clock: Clock
  readonly logger: Logger
}

const pollMs = 150
const retryMs = 2_000

/**
 * Sees to it that tracker and seeder serve every release: when a rollout asks for it, and again and again,
 * since either may have lost its data meanwhile.
 */
export class Distribution implements Component {
  readonly name = 'distribution'
  readonly #dependencies: Dependencies
  readonly #periodMs: number
  #timer: Timer | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(options: { reconcileMs: number }, dependencies: Dependencies) {
    this.#periodMs = options.reconcileMs
    this.#dependencies = dependencies
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(this.#periodMs, () => this.#sweepSoon())
    this.#sweepSoon()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#sweeping
  }

  /**
   * Resolves once the tracker admits the release and the seeder seeds it; tries again while either is away.
   * @param report told in a sentence what is being waited for, when it changes.
   * @throws {RookeryError} when the seeder refuses the artifact, or the signal's reason when it fires.
   */
  async publish(releaseId: string, report: (text: string) => void, signal: AbortSignal): Promise<void> {
    let last = ''
    const say = (text: string) => {
      if (text !== last) report(text)
      last = text
    }
    for (;;) {
      signal.throwIfAborted()
      try {
        const state = await this.#offer(releaseId, await this.#listed())
        if (state === 'seeding') return
        say(`waiting for the seeder: ${state}`)
        await sleep(this.#dependencies.clock, pollMs, signal)
      } catch (error) {
        if (!(error instanceof RookeryError) || !error.kind.retryable) throw error
        say(`waiting: ${error.message}`)
        await sleep(this.#dependencies.clock, retryMs, signal)
      }
    }
  }

  #listed(): Promise<SeederArtifact[]> {
    return this.#dependencies.seeder.call('GET', '/v1/artifacts')
  }

  /** Admits and hands over the release where that was not done, and returns the seeder's state. */
  async #offer(releaseId: string, listed: readonly SeederArtifact[]): Promise<'seeding' | 'fetching' | 'verifying'> {
    const { tracker, seeder, store, files, publicUrl } = this.#dependencies
    const { infoHash } = decodeManifest((await store.signed(releaseId)).manifest).artifact
    await tracker.call('PUT', `/v1/torrents/${infoHash}`)
    const artifact = listed.find((candidate) => candidate.infoHash === infoHash)
    if (artifact?.state === 'failed') {
      // Its fault may have been a passing one (a full disk, a broken download), so it is handed over anew.
      await seeder.call('DELETE', `/v1/artifacts/${infoHash}`).catch((error) => {
        // A rollout and a sweep may see the same failure; the first has removed it.
        if (!(error instanceof RookeryError) || error.code !== 'NOT_FOUND') throw error
      })
      throw new RookeryError('UNAVAILABLE', `the seeder failed: ${artifact.failure?.message ?? 'no reason given'}`)
    }
    if (artifact) return artifact.state
    const torrent = Buffer.from(await files.torrent(releaseId)).toString('base64')
    const url = new URL(`/api/v1/releases/${releaseId}/artifact`, publicUrl()).href
    await seeder.call('PUT', `/v1/artifacts/${infoHash}`, { torrent, source: { url } })
    return 'fetching'
  }

  #sweepSoon(): void {
    this.#sweeping = this.#sweeping.then(() => this.#sweep())
  }

  async #sweep(): Promise<void> {
    const { store, logger } = this.#dependencies
    const releases = await store.inState('ready')
    if (releases.length === 0) return
    try {
      const listed = await this.#listed()
      for (const { id } of releases) {
        if (this.#stopped) return
        await this.#offer(id, listed)
      }
    } catch (error) {
      // The next sweep tries again; a rollout that waits for it says so in its own log.
      logger.warn(`cannot publish: ${errorMessage(error)}`)
    }
  }
}
