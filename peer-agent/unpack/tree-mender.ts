import { chmodSync, linkSync, lstatSync, mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncPath } from '../../runtime/durable-file.ts'
import { type FileShape, TreeWriter } from './tree-writer.ts'
import type { TreeSink } from './unpack.ts'

interface Options {
  /** The tree to mend; it may be in use. */
  readonly root: string
  /** An empty directory on the same file system. */
  readonly scratch: string
  /** Paths that are missing or other than they were unpacked; where they stand in the archive does not matter. */
  readonly wanted: ReadonlySet<string>
  readonly modifiedAtMs: number
}

type Piece =
  | { readonly is: 'directory'; readonly path: string }
  | { readonly is: 'entry'; readonly path: string; readonly scratchName: string }
  | { readonly is: 'hardLink'; readonly path: string; readonly target: string; readonly scratchName: string }

const directoryMode = 0o755

/**
 * Takes of an archive only what is wanted, and puts it into a tree that stays in use: each file and link is written beside
 * and takes its place by a rename, and none does before all are on the disk. What was added to the tree stays.
 */
export class TreeMender implements TreeSink {
  readonly entries = []
  readonly #options: Options
  readonly #writer: TreeWriter
  /** In the order of the archive: parents before what is in them, targets before their hard links. */
  readonly #pieces: Piece[] = []

  constructor(options: Options) {
    this.#options = options
    this.#writer = new TreeWriter(options.scratch, options.modifiedAtMs)
  }

  directories(paths: readonly string[]): void {
    for (const path of paths) if (this.#options.wanted.has(path)) this.#pieces.push({ is: 'directory', path })
  }

  async file(path: string, shape: FileShape, content: AsyncIterable<Buffer>): Promise<void> {
    if (!this.#options.wanted.has(path)) {
      // The archive goes on behind it only when it was read.
      for await (const _chunk of content);
      return
    }
    const scratchName = this.#scratchName()
    await this.#writer.file(scratchName, shape, content)
    this.#pieces.push({ is: 'entry', path, scratchName })
  }

  hardLink(path: string, target: string): void {
    if (this.#options.wanted.has(path))
      this.#pieces.push({ is: 'hardLink', path, target, scratchName: this.#scratchName() })
  }

  link(path: string, target: string): void {
    if (!this.#options.wanted.has(path)) return
    const scratchName = this.#scratchName()
    this.#writer.link(scratchName, target)
    this.#pieces.push({ is: 'entry', path, scratchName })
  }

  async finish(signal: AbortSignal): Promise<void> {
    await this.#writer.finish(signal)
    mkdirSync(this.#options.root, { recursive: true, mode: directoryMode })
    for (const piece of this.#pieces) this.#place(piece)
    const parents = new Set(this.#pieces.map(({ path }) => dirname(join(this.#options.root, path))))
    const modifiedAt = new Date(this.#options.modifiedAtMs)
    for (const parent of parents) {
      utimesSync(parent, modifiedAt, modifiedAt)
      await syncPath(parent)
    }
  }

  #place(piece: Piece): void {
    const { root, scratch } = this.#options
    const full = join(root, piece.path)
    const isDirectory = lstatSync(full, { throwIfNoEntry: false })?.isDirectory() ?? false
    if (piece.is === 'directory') {
      // Also a link to a directory: nothing may be placed through it.
      if (!isDirectory) rmSync(full, { force: true })
      mkdirSync(full, { recursive: true, mode: directoryMode })
      return chmodSync(full, directoryMode & ~process.umask())
    }
    const written = join(scratch, piece.scratchName)
    if (piece.is === 'hardLink') linkSync(join(root, piece.target), written)
    if (isDirectory) rmSync(full, { recursive: true })
    renameSync(written, full)
  }

  #scratchName(): string {
    return String(this.#pieces.length)
  }
}
