import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import type { ProcessIdentity } from '../../runtime/process-identity.ts'

const fileName = 'processes.json'

/**
 * The processes this flock has started, on disk: an `up` that was killed left them running,
 * and the next one on the same directory must find them.
 */
export class ProcessRecord {
  readonly #file: string
  readonly #processes = new Map<string, ProcessIdentity>()
  #writing: Promise<void> = Promise.resolve()

  constructor(directory: string) {
    this.#file = join(directory, fileName)
  }

  /** What an earlier flock left behind, in the order it was started. */
  read(): [name: string, ProcessIdentity][] {
    try {
      return Object.entries(JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, ProcessIdentity>)
    } catch {
      // None, or not readable: nothing of which we could say that it is ours.
      return []
    }
  }

  set(name: string, identity: ProcessIdentity | undefined): Promise<void> {
    if (identity) this.#processes.set(name, identity)
    else this.#processes.delete(name)
    const text = `${JSON.stringify(Object.fromEntries(this.#processes), undefined, 2)}\n`
    this.#writing = this.#writing.catch(() => {}).then(() => writeFileDurably(this.#file, text))
    return this.#writing
  }
}
