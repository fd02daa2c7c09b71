import {
  closeSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { syncTree } from './tree-sync.ts'

interface FileShape {
  readonly size: number
  readonly executable: boolean
}

/**
 * Files up to this size are gathered and written by synchronous calls, which for trees of tens of thousands of
 * small files take a tenth of the time and never hold the process for more than a moment.
 */
const wholeFileBytes = 256 * 1024

/** Writes a tree below a directory of its own. Knows no rules: the tree model has decided before. */
export class TreeWriter {
  readonly #root: string
  readonly #modifiedAt: Date
  readonly #directories: string[] = []

  constructor(root: string, modifiedAtMs: number) {
    this.#root = root
    this.#modifiedAt = new Date(modifiedAtMs)
  }

  /** Outermost first. */
  directories(paths: readonly string[]): void {
    for (const path of paths) {
      mkdirSync(join(this.#root, path), 0o755)
      this.#directories.push(path)
    }
  }

  async file(path: string, { size, executable }: FileShape, content: AsyncIterable<Buffer>): Promise<void> {
    const full = join(this.#root, path)
    const mode = executable ? 0o755 : 0o644
    if (size <= wholeFileBytes) this.#writeWhole(full, mode, await gathered(content))
    else await this.#writeStreamed(full, mode, content)
  }

  hardLink(path: string, target: string): void {
    linkSync(join(this.#root, target), join(this.#root, path))
  }

  link(path: string, target: string): void {
    const full = join(this.#root, path)
    symlinkSync(target, full)
    lutimesSync(full, this.#modifiedAt, this.#modifiedAt)
  }

  /** Sets the directories' times, which every entry in them has changed, and makes all of it survive a power cut. */
  async finish(signal: AbortSignal): Promise<void> {
    for (const path of ['', ...this.#directories].reverse())
      utimesSync(join(this.#root, path), this.#modifiedAt, this.#modifiedAt)
    signal.throwIfAborted()
    await syncTree(this.#root, this.#directories)
  }

  #writeWhole(full: string, mode: number, content: Buffer): void {
    const file = openSync(full, 'wx', mode)
    try {
      for (let written = 0; written < content.length; ) written += writeSync(file, content, written)
      futimesSync(file, this.#modifiedAt, this.#modifiedAt)
    } finally {
      closeSync(file)
    }
  }

  async #writeStreamed(full: string, mode: number, content: AsyncIterable<Buffer>): Promise<void> {
    const file = await open(full, 'wx', mode)
    try {
      for await (const chunk of content) await file.writeFile(chunk)
      await file.utimes(this.#modifiedAt, this.#modifiedAt)
    } finally {
      await file.close()
    }
  }
}

async function gathered(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
