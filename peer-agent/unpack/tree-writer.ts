import { createHash, hash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { permissionBits, type TreeEntry } from './tree-list.ts'
import { syncTree } from './tree-sync.ts'

export interface FileShape {
  readonly size: number
  readonly executable: boolean
}

/**
 * Files up to this size are gathered and written by synchronous calls, which for trees of tens of thousands of
 * small files take a tenth of the time and never hold the process for more than a moment.
 */
const wholeFileBytes = 256 * 1024

/** What a file on disk turned out as: the umask has a say in its mode. */
type Written = Pick<Extract<TreeEntry, { kind: 'file' }>, 'size' | 'mode' | 'sha256'>

/** Writes a tree below a directory of its own, and notes what it wrote. Knows no rules: the tree model has decided before. */
export class TreeWriter {
  readonly #root: string
  readonly #modifiedAt: Date
  readonly #directories: string[] = []
  readonly #files = new Map<string, Written>()
  readonly #links: TreeEntry[] = []

  constructor(root: string, modifiedAtMs: number) {
    this.#root = root
    this.#modifiedAt = new Date(modifiedAtMs)
  }

  /** Everything that was written, in no order. */
  get entries(): TreeEntry[] {
    const files = [...this.#files].map(([path, written]): TreeEntry => ({ kind: 'file', path, ...written }))
    const directories = this.#directories.map((path): TreeEntry => {
      return { kind: 'directory', path, mode: statSync(join(this.#root, path)).mode & permissionBits }
    })
    return [...files, ...directories, ...this.#links]
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
    const isSmall = size <= wholeFileBytes
    const written = isSmall
      ? this.#writeWhole(full, mode, await gathered(content))
      : await this.#writeStreamed(full, mode, content)
    this.#files.set(path, written)
  }

  hardLink(path: string, target: string): void {
    linkSync(join(this.#root, target), join(this.#root, path))
    this.#files.set(path, this.#files.get(target)!)
  }

  link(path: string, target: string): void {
    const full = join(this.#root, path)
    symlinkSync(target, full)
    lutimesSync(full, this.#modifiedAt, this.#modifiedAt)
    this.#links.push({ kind: 'link', path, target })
  }

  /** Sets the directories' times, which every entry in them has changed, and makes all of it survive a power cut. */
  async finish(signal: AbortSignal): Promise<void> {
    for (const path of ['', ...this.#directories].reverse())
      utimesSync(join(this.#root, path), this.#modifiedAt, this.#modifiedAt)
    signal.throwIfAborted()
    await syncTree(this.#root, this.#directories)
  }

  #writeWhole(full: string, mode: number, content: Buffer): Written {
    const file = openSync(full, 'wx', mode)
    try {
      for (let written = 0; written < content.length; ) written += writeSync(file, content, written)
      futimesSync(file, this.#modifiedAt, this.#modifiedAt)
      const sha256 = hash('sha256', content, 'hex')
      return { size: content.length, mode: fstatSync(file).mode & permissionBits, sha256 }
    } finally {
      closeSync(file)
    }
  }

  async #writeStreamed(full: string, mode: number, content: AsyncIterable<Buffer>): Promise<Written> {
    const file = await open(full, 'wx', mode)
    const digest = createHash('sha256')
    try {
      for await (const chunk of content) {
        digest.update(chunk)
        await file.writeFile(chunk)
      }
      await file.utimes(this.#modifiedAt, this.#modifiedAt)
      const { size, mode: bits } = await file.stat()
      return { size, mode: bits & permissionBits, sha256: digest.digest('hex') }
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
