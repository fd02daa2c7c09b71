import { readFile } from 'node:fs/promises'
import type { Clock, Timer } from '../runtime/clock.ts'
import { errorMessage, RookeryError } from '../runtime/errors.ts'
import type { Logger } from '../runtime/logger.ts'

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

/** Whoever exchanges the files, as a tool for certificates does, is noticed after so long. */
const lookMs = 5_000

/** Looks at files that others write, again and again; what cannot be used is said, and what was read before stays. */
export class FileLook {
  readonly #look: () => Promise<void>
  readonly #dependencies: Dependencies
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(look: () => Promise<void>, dependencies: Dependencies) {
    this.#look = look
    this.#dependencies = dependencies
  }

  start(): void {
    this.#timer = this.#dependencies.clock.every(lookMs, () => {
      this.#looking = this.#look().catch((error) =>
        this.#dependencies.logger.warn(`certificate files are not taken: ${errorMessage(error)}`),
      )
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#looking
  }
}

/** @throws {RookeryError} FILE_UNREADABLE. */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error) => {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${path}: ${errorMessage(error)}`, { cause: error })
  })
}
