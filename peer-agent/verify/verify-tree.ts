import { createHash, hash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Difference } from '../../proto/session.ts'
import { systemErrorCode } from '../../runtime/errors.ts'
import { permissionBits, type TreeEntry, treeOrder } from '../unpack/tree-list.ts'

export interface TreeVerdict {
  /** Nothing of the list is missing or other than it was. */
  readonly intact: boolean
  /** At most 100, what was added last. */
  readonly differences: readonly Difference[]
  readonly differencesTotal: number
  /** Entries of the list. */
  readonly files: number
}

type FileEntry = Extract<TreeEntry, { kind: 'file' }>

const maxDifferences = 100
/** Smaller files are read at once, which takes a fraction of the time of a stream for each. */
const readBytes = 256 * 1024

/**
 * Compares a tree with the list made when it was unpacked. Both are walked side by side: what is in memory is the names
 * of one directory a level, whatever the size of the tree.
 * @param expected in tree order.
 * @param onBroken told every path that is missing or other than it was, also beyond those that the verdict names.
 * @throws the signal's reason when aborted; what the file system refuses to read.
 */
export async function verifyTree(
  root: string,
  expected: AsyncIterable<TreeEntry>,
  signal: AbortSignal,
  onBroken: (path: string) => void = () => {},
): Promise<TreeVerdict> {
  const entries = expected[Symbol.asyncIterator]()
  try {
    return await new Comparison(root, entries, signal, onBroken).run()
  } finally {
    await entries.return?.()
  }
}

class Comparison {
  readonly #root: string
  readonly #entries: AsyncIterator<TreeEntry>
  readonly #signal: AbortSignal
  readonly #onBroken: (path: string) => void
  /** The first entry of the list that was not met yet. */
  #next: TreeEntry | undefined
  #files = 0
  readonly #broken: Difference[] = []
  readonly #added: Difference[] = []
  #brokenTotal = 0
  #addedTotal = 0

  constructor(root: string, entries: AsyncIterator<TreeEntry>, signal: AbortSignal, onBroken: (path: string) => void) {
    this.#root = root
    this.#entries = entries
    this.#signal = signal
    this.#onBroken = onBroken
  }

  async run(): Promise<TreeVerdict> {
    await this.#advance()
    await this.#directory('')
    while (this.#next) await this.#missing(this.#next)
    return {
      intact: this.#brokenTotal === 0,
      differences: [...this.#broken, ...this.#added].slice(0, maxDifferences),
      differencesTotal: this.#brokenTotal + this.#addedTotal,
      files: this.#files,
    }
  }

  async #directory(below: string): Promise<void> {
    for (const name of (await namesIn(join(this.#root, below))).sort()) {
      this.#signal.throwIfAborted()
      const path = below === '' ? name : `${below}/${name}`
      while (this.#next && treeOrder(this.#next.path, path) < 0) await this.#missing(this.#next)
      const entry = this.#next
      // What is below a directory that was added is not looked at.
      if (entry?.path !== path) this.#add(path)
      else await this.#entry(entry)
    }
  }

  async #entry(entry: TreeEntry): Promise<void> {
    const full = join(this.#root, entry.path)
    const stats = await lstat(full).catch(ignoreMissing)
    if (!stats) return this.#missing(entry)
    await this.#advance()
    const what = await this.#change(entry, full, stats)
    if (what) this.#break(entry.path, what)
    if (entry.kind === 'directory' && stats.isDirectory()) await this.#directory(entry.path)
  }

  async #change(entry: TreeEntry, full: string, stats: Stats): Promise<string | undefined> {
    if (kindOf(stats) !== entry.kind) return 'kind'
    if (entry.kind === 'link') return (await readlink(full)) === entry.target ? undefined : 'target'
    if (entry.kind === 'file' && !(await this.#hasContent(entry, full, stats))) return 'content'
    return (stats.mode & permissionBits) === entry.mode ? undefined : 'mode'
  }

  async #hasContent(entry: FileEntry, full: string, stats: Stats): Promise<boolean> {
    const signal = this.#signal
    if (stats.size !== entry.size) return false
    if (stats.size <= readBytes) return hash('sha256', await readFile(full, { signal }), 'hex') === entry.sha256
    const digest = createHash('sha256')
    for await (const chunk of createReadStream(full, { highWaterMark: readBytes, signal })) digest.update(chunk)
    return digest.digest('hex') === entry.sha256
  }

  async #missing({ path }: TreeEntry): Promise<void> {
    this.#break(path, 'missing')
    await this.#advance()
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#entries.next()
    this.#next = done ? undefined : value
    if (this.#next) this.#files++
  }

  #break(path: string, what: string): void {
    this.#brokenTotal++
    this.#onBroken(path)
    if (this.#broken.length < maxDifferences) this.#broken.push({ path, what })
  }

  #add(path: string): void {
    this.#addedTotal++
    if (this.#added.length < maxDifferences) this.#added.push({ path, what: 'extra' })
  }
}

function kindOf(stats: Stats): TreeEntry['kind'] | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : undefined
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(ignoreMissing)) ?? []
}

function ignoreMissing(error: unknown): undefined {
  if (systemErrorCode(error) !== 'ENOENT') throw error
  return undefined
}
