import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../runtime/errors.ts'

/** The info hashes this tracker serves: 40 hex digits each, on disk, so that a restarted tracker needs nobody to tell it again. */
export class Admissions {
  readonly #path: string
  readonly #admitted = new Set<string>()
  #writing: Promise<void> = Promise.resolve()

  constructor(dataDirectory: string) {
    this.#path = join(dataDirectory, 'admitted.json')
  }

  /** @throws {RookeryError} CONFIG_INVALID when the file is not ours; it is left as it is. */
  async load(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch((error) => {
      if (systemErrorCode(error) === 'ENOENT') return '[]'
      throw error
    })
    for (const infoHash of parseAdmitted(text, this.#path)) this.#admitted.add(infoHash)
  }

  has(infoHash: string): boolean {
    return this.#admitted.has(infoHash)
  }

  all(): string[] {
    return [...this.#admitted].sort()
  }

  /** Resolves once the admission is on disk. */
  async admit(infoHash: string): Promise<void> {
    if (this.#admitted.has(infoHash)) return this.#writing
    this.#admitted.add(infoHash)
    await this.#store()
  }

  async withdraw(infoHash: string): Promise<void> {
    if (this.#admitted.delete(infoHash)) await this.#store()
  }

  /** One write after the other, so that the last one has the last word. */
  #store(): Promise<void> {
    const stored = this.#writing.then(() => writeFileDurably(this.#path, `${JSON.stringify(this.all(), null, 1)}\n`))
    this.#writing = stored.catch(() => {})
    return stored
  }
}

function parseAdmitted(text: string, path: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new RookeryError('CONFIG_INVALID', `${path} is not JSON: ${errorMessage(error)}`)
  }
  if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string' || !/^[0-9a-f]{40}$/.test(entry))) {
    throw new RookeryError('CONFIG_INVALID', `${path} is not a list of info hashes`)
  }
  return value
}
