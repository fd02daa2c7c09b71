import type { Release } from '../../proto/http/api.ts'
import { decodeManifest } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { RookeryError, toRookeryError } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Redactor } from '../../runtime/redactor.ts'
import type { AppStore } from '../apps/app-store.ts'
import type { Builder, BuildTarget } from '../build/builder.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { LogStore } from '../logs/log-store.ts'
import { LogWriter } from '../logs/log-writer.ts'
import type { ReleaseFiles } from './release-files.ts'
import type { ReleaseStore } from './release-store.ts'
import type { Revocations } from './revocations.ts'

export interface BuildOrder {
  readonly app: string
  readonly revision?: string
  readonly rebuild: boolean
  /** Empty for a build outside any rollout. */
  readonly rolloutId: string
}

interface Dependencies {
  readonly apps: AppStore
  readonly builder: Builder
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  readonly revocations: Revocations
  readonly hub: EventHub
  readonly logs: LogStore
  readonly redactor: Redactor
  readonly clock: Clock
  readonly logger: Logger
}

/** Makes releases: one build an app at a time, each with its log and its events. */
export class Releases implements Component {
  readonly name = 'releases'
  readonly #dependencies: Dependencies
  readonly #stopping = new AbortController()
  /** The last build of each app: the next waits for it. */
  readonly #building = new Map<string, Promise<unknown>>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /** A build that a restart cut off has failed; whoever needs it starts another. */
  async start(): Promise<void> {
    const { store, files } = this.#dependencies
    for (const release of await store.inState('building')) {
      await files.remove(release.id)
      await store.fail(release.id, { code: 'BUILD_FAILED', message: 'the coordinator stopped during the build' }, null)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the coordinator stops'))
    await Promise.allSettled(this.#building.values())
  }

  /** @throws {RookeryError} NOT_FOUND, REVISION_UNKNOWN, SOURCE_UNAVAILABLE, APP_CONFIG_INVALID. */
  async resolve(app: string, revision: string | undefined): Promise<BuildTarget> {
    return this.#dependencies.builder.resolve(app, await this.#dependencies.apps.source(app), revision)
  }

  /** Starts a build (or finds an earlier one of the revision) and returns at once with the release as it is. */
  async request(order: BuildOrder): Promise<Release> {
    const target = await this.resolve(order.app, order.revision)
    const earlier = order.rebuild ? undefined : await this.findBuilt(target)
    if (earlier !== undefined) return this.#dependencies.store.get(earlier)
    const releaseId = await this.#begin(target)
    this.#build(releaseId, target, order, this.#stopping.signal).catch(() => {})
    return this.#dependencies.store.get(releaseId)
  }

  /**
   * Builds the revision, unless it was built before, and returns the release's id once it is ready.
   * @throws {RookeryError} whatever failed; the release keeps it too.
   */
  async buildOrReuse(order: BuildOrder, signal: AbortSignal): Promise<string> {
    const target = await this.resolve(order.app, order.revision)
    const earlier = order.rebuild ? undefined : await this.findBuilt(target)
    if (earlier !== undefined) return earlier
    const releaseId = await this.#begin(target)
    await this.#build(releaseId, target, order, AbortSignal.any([signal, this.#stopping.signal]))
    return releaseId
  }

  /** The release that was built of this target before; none that is revoked, so that the revision is built anew. */
  async findBuilt({ app, revision }: BuildTarget): Promise<string | undefined> {
    const { store, revocations } = this.#dependencies
    const built = revision === null ? undefined : await store.findBuilt(app, revision)
    return built !== undefined && revocations.refusal(built) === undefined ? built : undefined
  }

  async #begin(target: BuildTarget): Promise<string> {
    const { builder, store, clock } = this.#dependencies
    const releaseId = await builder.newReleaseId(target)
    await store.begin(releaseId, target.app, target.revision ?? 'directory', clock.now())
    return releaseId
  }

  #build(releaseId: string, target: BuildTarget, order: BuildOrder, signal: AbortSignal): Promise<void> {
    const before = this.#building.get(target.app) ?? Promise.resolve()
    const built = before.catch(() => {}).then(() => this.#buildNow(releaseId, target, order, signal))
    this.#building.set(target.app, built)
    return built
  }

  async #buildNow(
    releaseId: string,
    target: BuildTarget,
    { rolloutId }: BuildOrder,
    signal: AbortSignal,
  ): Promise<void> {
    const { builder, store, hub, logs, clock, logger } = this.#dependencies
    const onError = (error: unknown) => logger.error({ error, rolloutId }, 'a build log chunk was not stored')
    const redactor = this.#dependencies.redactor.with(target.config.build.environment)
    const stream = { rolloutId, releaseId, app: target.app, stream: 'build' }
    const log = new LogWriter(stream, { store: logs, redactor, clock, onError })
    const about = { app: target.app, ...(rolloutId ? { rolloutId } : {}) }
    const startedMs = clock.monotonicMs()
    const elapsedMs = () => Math.round(clock.monotonicMs() - startedMs)
    await hub.publish({ type: 'release.building', ...about, data: { releaseId, revision: target.revision } })
    try {
      signal.throwIfAborted()
      const { revision, ...signed } = await builder.build(releaseId, target, log, signal)
      await store.finish(releaseId, revision, signed, elapsedMs())
      await log.end()
      const { artifact } = decodeManifest(signed.manifest)
      await hub.publish({
        type: 'release.ready',
        ...about,
        data: { releaseId, revision, bytes: artifact.bytes, infoHash: artifact.infoHash },
      })
    } catch (thrown) {
      const stopped = new RookeryError('BUILD_FAILED', 'the build was stopped')
      const { code, message: said } = signal.aborted ? stopped : toRookeryError(thrown)
      const message = redactor.text(said)
      log.line(`failed: ${message}`)
      await log.end()
      await store.fail(releaseId, { code, message }, elapsedMs())
      await hub.publish({ type: 'release.failed', ...about, data: { releaseId, code, message } })
      logger.warn(
        { releaseId, rolloutId, code, error: code === 'INTERNAL' ? thrown : undefined },
        `build failed: ${message}`,
      )
      throw new RookeryError(code, message, { cause: thrown })
    }
  }
}
