import { readFile } from 'node:fs/promises'
import type { SwarmLimits } from '../../proto/http/api.ts'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, systemErrorCode } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { layeredLimits } from '../bandwidth/limits.ts'

interface Options {
  /** Where what was ordered is kept. */
  readonly file: string
  /** What the configuration says; an order goes over it. */
  readonly configured: SwarmLimits
}

interface Dependencies {
  readonly apply: (limits: SwarmLimits) => void
  readonly logger: Logger
}

/** The caps of a service: those of its configuration, and over them what was ordered while it ran, which outlives it. */
export class KeptLimits {
  readonly #options: Options
  readonly #dependencies: Dependencies
  #ordered: SwarmLimits = {}

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options
    this.#dependencies = dependencies
  }

  get ordered(): SwarmLimits {
    return this.#ordered
  }

  /** What counts now. */
  get current(): SwarmLimits {
    return layeredLimits(this.#options.configured, this.#ordered)
  }

  /** Goes on with what was ordered before the restart. */
  async load(): Promise<void> {
    const { file } = this.#options
    try {
      this.#ordered = JSON.parse(await readFile(file, 'utf8')) as SwarmLimits
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT')
        this.#dependencies.logger.warn({ file }, `caps that were ordered cannot be read: ${errorMessage(error)}`)
    }
    this.#dependencies.apply(this.current)
  }

  /** Replaces the whole of an earlier order; an empty one leaves what the configuration says. */
  async order(limits: SwarmLimits): Promise<void> {
    if (JSON.stringify(limits) === JSON.stringify(this.#ordered)) return
    this.#ordered = limits
    this.#dependencies.apply(this.current)
    this.#dependencies.logger.info({ limits: this.current }, 'caps of the swarm changed')
    await writeFileDurably(this.#options.file, JSON.stringify(limits))
  }
}
