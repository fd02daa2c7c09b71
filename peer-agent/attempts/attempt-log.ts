import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Attempt, finalReport } from './attempt.ts'

/** Ended attempts remembered for a coordinator that asks again; a rollout needs two of each host. */
const maxEnded = 200

/** Every attempt this host remembers, a file each. An id that is known is never begun a second time. */
export class AttemptLog {
  readonly #directory: string
  readonly #logger: Logger
  /** Oldest first. */
  readonly #attempts = new Map<string, Attempt>()

  constructor(directory: string, { logger }: { logger: Logger }) {
    this.#directory = directory
    this.#logger = logger
  }

  async load(): Promise<void> {
    const attempts: Attempt[] = []
    for (const name of await readdir(this.#directory).catch(() => [] as string[])) {
      if (!name.endsWith('.json')) continue
      try {
        attempts.push(JSON.parse(await readFile(join(this.#directory, name), 'utf8')) as Attempt)
      } catch (error) {
        this.#logger.warn({ file: name }, `a stored attempt cannot be read: ${errorMessage(error)}`)
      }
    }
    attempts.sort((a, b) => a.receivedAtMs - b.receivedAtMs)
    for (const attempt of attempts) this.#attempts.set(attempt.attemptId, attempt)
  }

  find(attemptId: string): Attempt | undefined {
    return this.#attempts.get(attemptId)
  }

  /** Oldest first. */
  all(): Attempt[] {
    return [...this.#attempts.values()]
  }

  /**
   * A full disk must not stop an activation that is under way: what cannot be stored is still known to this process,
   * and is stored with the next change.
   */
  async put(attempt: Attempt): Promise<void> {
    this.#attempts.set(attempt.attemptId, attempt)
    try {
      await writeFileDurably(this.#file(attempt.attemptId), JSON.stringify(attempt), 0o600)
      await this.#forgetOldest()
    } catch (error) {
      this.#logger.error(
        { attemptId: attempt.attemptId, rolloutId: attempt.rolloutId },
        `the state of an attempt cannot be stored: ${errorMessage(error)}`,
      )
    }
  }

  async #forgetOldest(): Promise<void> {
    const ended = this.all().filter(finalReport)
    for (const { attemptId } of ended.slice(0, Math.max(0, ended.length - maxEnded))) {
      this.#attempts.delete(attemptId)
      await rm(this.#file(attemptId), { force: true })
    }
  }

  /** An id may hold any character; a file name may not. */
  #file(attemptId: string): string {
    return join(this.#directory, `${createHash('sha256').update(attemptId).digest('hex').slice(0, 32)}.json`)
  }
}
