import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../runtime/clock.ts'
import { writeFileDurably } from '../runtime/durable-file.ts'
import { errorMessage, RookeryError } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Random } from '../runtime/random.ts'
import { parseMetainfo, type Swarm } from '../swarm/index.ts'
import { Artifact, type ArtifactView } from './artifact.ts'

interface ArtifactsOptions {
  readonly dataDirectory: string
  /** For downloads from the coordinator; the plain one in a trial on one machine. */
  readonly fetch?: typeof globalThis.fetch
}

interface Dependencies {
  readonly swarm: Pick<Swarm, 'add'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * Everything this seeder was handed. `<data>/artifacts/<info hash>/` holds order.json (written first, so that a restart
 * knows what to finish), download.part while it is fetched, and content/ with the verified artifact.
 */
export class Artifacts implements Component {
  readonly name = 'artifacts'
  readonly #root: string
  readonly #fetch: typeof globalThis.fetch | undefined
  readonly #dependencies: Dependencies
  readonly #artifacts = new Map<string, Artifact>()
  /** By info hash: handing over and removing go one after the other, or two would bring the same artifact at once. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(options: ArtifactsOptions, dependencies: Dependencies) {
    this.#root = join(options.dataDirectory, 'artifacts')
    this.#fetch = options.fetch
    this.#dependencies = dependencies
  }

  /** Resumes all that was handed over before. */
  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true })
    for (const name of await readdir(this.#root)) {
      if (!/^[0-9a-f]{40}$/.test(name)) continue
      try {
        const order = JSON.parse(await readFile(join(this.#root, name, 'order.json'), 'utf8')) as {
          torrent: string
          url: string
        }
        this.#begin(Buffer.from(order.torrent, 'base64'), order.url)
      } catch (error) {
        // One broken entry must not keep the others from being seeded; the coordinator hands it over again.
        this.#dependencies.logger.error({ infoHash: name }, `cannot resume: ${errorMessage(error)}`)
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#artifacts.values()].map((artifact) => artifact.stop()))
  }

  /**
   * Takes an artifact over; again for one it has changes nothing.
   * @throws {RookeryError} TORRENT_INVALID; REQUEST_INVALID when the torrent is another one or not a single file.
   */
  async put(infoHash: string, torrent: Uint8Array, url: string): Promise<ArtifactView> {
    const metainfo = parseMetainfo(torrent)
    if (metainfo.infoHash !== infoHash)
      throw new RookeryError('REQUEST_INVALID', `body.torrent: its info hash is ${metainfo.infoHash}, not ${infoHash}`)
    if (metainfo.isMultiFile) throw new RookeryError('REQUEST_INVALID', 'body.torrent: an artifact is a single file')
    return this.#inTurn(infoHash, async () => {
      const known = this.#artifacts.get(infoHash)
      if (known && known.view().state !== 'failed') return known.view()
      await known?.stop()
      await writeFileDurably(
        join(this.#root, infoHash, 'order.json'),
        JSON.stringify({ torrent: Buffer.from(torrent).toString('base64'), url }),
      )
      return this.#begin(torrent, url).view()
    })
  }

  /** @throws {RookeryError} NOT_FOUND. */
  remove(infoHash: string): Promise<void> {
    return this.#inTurn(infoHash, async () => {
      const artifact = this.#artifacts.get(infoHash)
      if (!artifact) throw new RookeryError('NOT_FOUND', `no artifact ${infoHash}`)
      this.#artifacts.delete(infoHash)
      await artifact.stop()
      await rm(join(this.#root, infoHash), { recursive: true, force: true })
    })
  }

  list(): ArtifactView[] {
    return [...this.#artifacts.values()].map((artifact) => artifact.view())
  }

  #inTurn<T>(infoHash: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(infoHash) ?? Promise.resolve()).then(work)
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (this.#turns.get(infoHash) === ended) this.#turns.delete(infoHash)
      })
    this.#turns.set(infoHash, ended)
    return turn
  }

  #begin(torrent: Uint8Array, sourceUrl: string): Artifact {
    const metainfo = parseMetainfo(torrent)
    const directory = join(this.#root, metainfo.infoHash)
    const artifact = new Artifact({ metainfo, sourceUrl, fetch: this.#fetch, directory }, this.#dependencies)
    this.#artifacts.set(metainfo.infoHash, artifact)
    artifact.start()
    return artifact
  }
}
