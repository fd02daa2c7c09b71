import { createHash } from 'node:crypto'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppSource } from '../../proto/http/api.ts'
import { encodeManifest, type ReleaseManifest } from '../../proto/release-manifest.ts'
import type { Clock } from '../../runtime/clock.ts'
import { renameDurably, writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { Random } from '../../runtime/random.ts'
import { createMetainfo, parseMetainfo } from '../../swarm/index.ts'
import { parseRookeryYml, type RookeryYml } from '../app-config/rookery-yml.ts'
import type { LogWriter } from '../logs/log-writer.ts'
import type { ReleaseFiles } from '../releases/release-files.ts'
import type { ReleaseStore, SignedRelease } from '../releases/release-store.ts'
import type { Signer } from '../releases/signer.ts'
import { runBuildStep } from './build-step.ts'
import { GitSource } from './git-source.ts'
import { packDirectory } from './packer.ts'

const configName = 'rookery.yml'

export interface BuildTarget {
  readonly app: string
  readonly source: AppSource
  /** Full commit id; for a directory, null. */
  readonly revision: string | null
  /** The rookery.yml of that revision. */
  readonly config: RookeryYml
}

interface Dependencies {
  readonly dataDirectory: string
  readonly announceUrls: readonly string[]
  /** Names of variables of the coordinator's own that build steps get, too. */
  readonly passVariables?: readonly string[]
  readonly store: ReleaseStore
  readonly files: ReleaseFiles
  readonly signer: Signer
  readonly clock: Clock
  readonly random: Random
  /** Where the swarm speaks TLS: PEM of the authority whose certificates peers must have, as of now. */
  readonly sslCertificate?: () => string | undefined
}

/** Turns a source tree at an exact revision into a signed release with its torrent. */
export class Builder {
  readonly #dependencies: Dependencies
  /** By mirror: all work on one repository takes turns. */
  readonly #sources = new Map<string, GitSource>()

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Names the exact commit to build and checks its rookery.yml, before anything is promised to the user.
   * @throws {RookeryError} REVISION_UNKNOWN, SOURCE_UNAVAILABLE, APP_CONFIG_INVALID.
   */
  async resolve(app: string, source: AppSource, revision: string | undefined): Promise<BuildTarget> {
    if ('directory' in source) {
      if (revision !== undefined)
        throw new RookeryError('REQUEST_INVALID', `app ${app} is built from a directory, which has no revisions`)
      const text = await readDirectoryConfig(source.directory)
      return { app, source, revision: null, config: parseRookeryYml(text, join(source.directory, configName), app) }
    }
    const git = this.#git(app, source.git)
    const commit = await git.resolve(revision ?? 'HEAD')
    const path = source.subdirectory ? `${source.subdirectory}/${configName}` : configName
    const text = await git.readFile(commit, path)
    if (text === undefined) throw new RookeryError('APP_CONFIG_INVALID', `revision ${commit} has no ${path}`)
    return { app, source, revision: commit, config: parseRookeryYml(text, path, app) }
  }

  /** `hello-20261121-110203-4f2a1b9c`: sorts by time, says what it is, and is safe as a directory name. */
  async newReleaseId(target: BuildTarget): Promise<string> {
    const time = new Date(this.#dependencies.clock.now())
      .toISOString()
      .replace(/[-:]/g, '')
      .replace('T', '-')
      .slice(0, 15)
    const suffix = target.revision?.slice(0, 8) ?? Buffer.from(this.#dependencies.random.bytes(4)).toString('hex')
    const base = `${target.app}-${time}-${suffix}`
    let id = base
    for (let count = 2; await this.#dependencies.store.exists(id); count++) id = `${base}-${count}`
    return id
  }

  /**
   * Builds into the release `releaseId`, which was begun in the store. Its files appear only when all is done.
   * @throws {RookeryError} BUILD_FAILED, PACK_FAILED, APP_CONFIG_INVALID, SOURCE_UNAVAILABLE, SIGNING_FAILED, DISK_FULL.
   */
  async build(
    releaseId: string,
    target: BuildTarget,
    log: LogWriter,
    signal: AbortSignal,
  ): Promise<SignedRelease & { revision: string }> {
    const work = join(this.#dependencies.dataDirectory, 'builds', releaseId)
    await rm(work, { recursive: true, force: true })
    try {
      const tree = await this.#checkOut(target, work, log)
      const config = parseRookeryYml(await readDirectoryConfig(tree), join(tree, configName), target.app)
      await this.#runSteps(releaseId, target, config, tree, log, signal)
      return await this.#pack(releaseId, target, config, tree, log, signal)
    } catch (error) {
      await this.#dependencies.files.remove(releaseId)
      throw error
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }

  async #checkOut(target: BuildTarget, work: string, log: LogWriter): Promise<string> {
    const { source, revision } = target
    if ('git' in source) {
      log.line(`checking out ${revision}`)
      await this.#git(target.app, source.git).checkOut(revision!, work)
      return source.subdirectory ? join(work, source.subdirectory) : work
    }
    const config = parseRookeryYml(await readDirectoryConfig(source.directory), configName, target.app)
    // Steps write into their tree, so they get a copy; with none, the directory is packed as it is.
    if (config.build.steps.length === 0) return source.directory
    log.line(`copying ${source.directory}`)
    const filter = (path: string) => path !== this.#dependencies.dataDirectory
    await cp(source.directory, work, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter })
    return work
  }

  async #runSteps(
    releaseId: string,
    target: BuildTarget,
    config: RookeryYml,
    tree: string,
    log: LogWriter,
    signal: AbortSignal,
  ) {
    const { passVariables: passes } = this.#dependencies
    const rookery = { ROOKERY_APP: target.app, ROOKERY_RELEASE: releaseId, ROOKERY_REVISION: target.revision ?? '' }
    for (const [index, step] of config.build.steps.entries()) {
      log.line(`step ${index + 1} of ${config.build.steps.length}: ${step.name}`)
      const startedMs = this.#dependencies.clock.monotonicMs()
      const environment = { ...config.build.environment, ...rookery }
      const output = (data: Uint8Array) => log.write(data)
      await runBuildStep(step, { directory: tree, environment, passes, output, signal })
      log.line(`step ${step.name} done in ${Math.round(this.#dependencies.clock.monotonicMs() - startedMs)} ms`)
    }
  }

  async #pack(
    releaseId: string,
    target: BuildTarget,
    config: RookeryYml,
    tree: string,
    log: LogWriter,
    signal: AbortSignal,
  ) {
    const { files, clock, announceUrls, signer } = this.#dependencies
    await files.create(releaseId)
    const artifactPath = files.artifactPath(releaseId)
    const packedPath = `${artifactPath}.part`
    await rm(packedPath, { force: true })
    log.line(`packing ${config.pack.directory}`)
    const settings = { ...config.pack, leaveOut: this.#dependencies.dataDirectory }
    const packed = await packDirectory(join(tree, config.pack.directory), settings, packedPath, signal)
    await renameDurably(packedPath, artifactPath)

    const extension = config.pack.compression === 'zstd' ? 'tar.zst' : 'tar'
    const fileName = `${target.app}-${packed.sha256.slice(0, 16)}.${extension}`
    const torrent = await createMetainfo({
      path: artifactPath,
      name: fileName,
      announce: [...announceUrls],
      private: true,
      sslCertificate: this.#dependencies.sslCertificate?.(),
    })
    const { infoHash } = parseMetainfo(torrent)
    await writeFileDurably(files.torrentPath(releaseId), torrent)
    const revision = target.revision ?? `sha256:${packed.sha256}`
    const manifest: ReleaseManifest = {
      schemaVersion: 1,
      releaseId,
      app: target.app,
      revision,
      createdAtMs: clock.now(),
      artifact: {
        fileName,
        format: config.pack.compression === 'zstd' ? 'tar+zstd' : 'tar',
        bytes: packed.bytes,
        sha256: packed.sha256,
        infoHash,
        unpackedBytes: packed.unpackedBytes,
        entries: packed.entries,
      },
      deploy: config.deploy,
    }
    const bytes = encodeManifest(manifest)
    log.line(
      `packed ${packed.entries} entries, ${packed.unpackedBytes} bytes into ${packed.bytes}; info hash ${infoHash}`,
    )
    const { rollout, immune, notifications } = config
    return {
      manifest: bytes,
      signature: await signer.sign(bytes, signal),
      policy: { rollout, immune, notifications },
      revision,
    }
  }

  /** One mirror a repository URL, so that an app whose source is changed does not meet the old one's commits. */
  #git(app: string, url: string): GitSource {
    const id = createHash('sha256').update(url).digest('hex').slice(0, 12)
    const mirror = join(this.#dependencies.dataDirectory, 'repositories', `${app}-${id}.git`)
    const source = this.#sources.get(mirror) ?? new GitSource(url, mirror)
    this.#sources.set(mirror, source)
    return source
  }
}

async function readDirectoryConfig(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, configName), 'utf8')
  } catch (error) {
    const missing = systemErrorCode(error) === 'ENOENT'
    if (missing) throw new RookeryError('APP_CONFIG_INVALID', `${directory} has no ${configName}`)
    throw new RookeryError('SOURCE_UNAVAILABLE', `cannot read ${directory}/${configName}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}
