import { type BigIntStats, fstatSync } from 'node:fs'
import { type FileHandle, mkdir, open, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncPath } from '../../runtime/durable-file.ts'
import type { Metainfo, MetainfoFile } from '../metainfo/metainfo.ts'

/** Files kept open: a torrent may have tens of thousands. */
const maxOpenFiles = 64

interface OpenFile {
  readonly handle: Promise<FileHandle>
  users: number
}

/** What tells one state of each file from another: every write changes it, and so does another file in its place. */
export type FileStamps = ReadonlyMap<MetainfoFile, string>

/** A torrent's files as one sequence of bytes; padding is not on the disk and reads as zeros (BEP 47). */
export class FileSet {
  readonly #files: readonly MetainfoFile[]
  readonly #isMultiFile: boolean
  readonly #totalBytes: number
  #root: string
  readonly #isWritable: boolean
  /** Least recently used first. */
  readonly #open = new Map<MetainfoFile, OpenFile>()
  #isClosed = false

  /** @param root the file of a single-file torrent, else the directory of all files. */
  constructor(metainfo: Metainfo, root: string, options: { readonly isWritable: boolean }) {
    this.#files = metainfo.files
    this.#isMultiFile = metainfo.isMultiFile
    this.#totalBytes = metainfo.totalBytes
    this.#root = root
    this.#isWritable = options.isWritable
  }

  get root(): string {
    return this.#root
  }

  /** Files that are on the disk. */
  get files(): readonly MetainfoFile[] {
    return this.#files.filter((file) => !file.isPadding)
  }

  pathOf(file: MetainfoFile): string {
    return this.#isMultiFile ? join(this.#root, ...file.path) : this.#root
  }

  /** Creates every file at its full length; space is taken only by what is written. */
  async create(): Promise<void> {
    for (const file of this.files) {
      const path = this.pathOf(file)
      await mkdir(dirname(path), { recursive: true })
      await (await open(path, 'a', file.isExecutable ? 0o755 : 0o644)).close()
      await truncate(path, file.lengthBytes)
    }
  }

  /** The state of every file; undefined when one is missing or has not the length that the torrent says. */
  async stamps(): Promise<FileStamps | undefined> {
    const stamps = new Map<MetainfoFile, string>()
    for (const file of this.files) {
      const found = await stat(this.pathOf(file), { bigint: true }).catch(() => undefined)
      if (!found?.isFile() || found.size !== BigInt(file.lengthBytes)) return undefined
      stamps.set(file, stampOf(found))
    }
    return stamps
  }

  /**
   * Reads into all of `buffer`; throws when a file is shorter than the torrent says.
   * @param see is told the state of each file from which it read, afterwards.
   */
  async read(
    offsetBytes: number,
    buffer: Uint8Array,
    see?: (file: MetainfoFile, stamp: string) => void,
  ): Promise<void> {
    for (const part of this.#parts(offsetBytes, buffer.length)) {
      const target = buffer.subarray(part.at, part.at + part.length)
      if (part.file.isPadding) target.fill(0)
      else
        await this.#with(part.file, async (handle) => {
          await readFully(handle, target, part.offset, this.pathOf(part.file))
          see?.(part.file, stampOf(fstatSync(handle.fd, { bigint: true })))
        })
    }
  }

  async write(offsetBytes: number, bytes: Uint8Array): Promise<void> {
    for (const part of this.#parts(offsetBytes, bytes.length)) {
      if (part.file.isPadding) continue
      const source = bytes.subarray(part.at, part.at + part.length)
      await this.#with(part.file, (handle) => writeFully(handle, source, part.offset))
    }
  }

  /** Puts all files and their directories on the disk for good. */
  async sync(): Promise<void> {
    const directories = new Set<string>()
    for (const file of this.files) {
      await this.#with(file, (handle) => handle.sync())
      for (let path = dirname(this.pathOf(file)); path.length >= this.#root.length; path = dirname(path))
        directories.add(path)
    }
    for (const directory of directories) await syncPath(directory)
  }

  /** The files have a new place; those that are open stay so. */
  movedTo(root: string): void {
    this.#root = root
  }

  /** What is read or written afterwards fails: nobody would close the files again. */
  async close(): Promise<void> {
    this.#isClosed = true
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map(async ({ handle }) => (await handle.catch(() => undefined))?.close()))
  }

  *#parts(offsetBytes: number, length: number) {
    const end = Math.min(offsetBytes + length, this.#totalBytes)
    for (let index = this.#firstAt(offsetBytes), position = offsetBytes; position < end; index++) {
      const file = this.#files[index]!
      const stop = Math.min(end, file.offsetBytes + file.lengthBytes)
      if (stop <= position) continue
      yield { file, offset: position - file.offsetBytes, at: position - offsetBytes, length: stop - position }
      position = stop
    }
  }

  /** Index of the last file that begins at or before the offset and is not empty before it. */
  #firstAt(offsetBytes: number): number {
    let low = 0
    let high = this.#files.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      const file = this.#files[middle]!
      if (file.offsetBytes + file.lengthBytes <= offsetBytes) low = middle + 1
      else high = middle
    }
    return low
  }

  async #with<T>(file: MetainfoFile, use: (handle: FileHandle) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error(`${this.pathOf(file)} is no longer in use here`)
    const entry = this.#open.get(file) ?? this.#opened(file)
    this.#open.delete(file)
    this.#open.set(file, entry)
    entry.users++
    try {
      return await use(await entry.handle)
    } finally {
      entry.users--
      this.#closeSurplus()
    }
  }

  #opened(file: MetainfoFile): OpenFile {
    const handle = open(this.pathOf(file), this.#isWritable ? 'r+' : 'r')
    handle.catch(() => this.#open.delete(file))
    return { handle, users: 0 }
  }

  #closeSurplus(): void {
    for (const [file, { handle, users }] of this.#open) {
      if (this.#open.size <= maxOpenFiles) return
      if (users > 0) continue
      this.#open.delete(file)
      handle.then((opened) => opened.close()).catch(() => {})
    }
  }
}

function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
}

/** A file that ends too soon. */
export class FileTooShort extends Error {}

async function readFully(handle: FileHandle, target: Uint8Array, offset: number, path: string): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, target.length - done, offset + done)
    if (bytesRead === 0) throw new FileTooShort(`${path} ends at byte ${offset + done}, sooner than the torrent says`)
    done += bytesRead
  }
}

async function writeFully(handle: FileHandle, source: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < source.length; ) {
    const { bytesWritten } = await handle.write(source, done, source.length - done, offset + done)
    done += bytesWritten
  }
}
