import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdDecompress } from 'node:zlib'
import { type Extract, extract } from 'tar-stream'
import type { Artifact } from '../../proto/release-manifest.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { TreeEntry } from './tree-list.ts'
import { archivePath, TreeModel, unsafe } from './tree-model.ts'
import { TreeWriter } from './tree-writer.ts'

/** Where entries go that the tree model has allowed; in the order of the archive, but for links, which come last. */
export type TreeSink = Pick<TreeWriter, 'entries' | 'directories' | 'file' | 'hardLink' | 'link' | 'finish'>

interface UnpackOptions {
  /** The artifact, its digest already checked. */
  readonly archivePath: string
  readonly artifact: Pick<Artifact, 'format' | 'unpackedBytes' | 'entries'>
  /** Is made; must not be there. Nothing of it stays when unpacking fails. */
  readonly directory: string
  /** Modification time of everything in the tree: the archive's own times are fixed. */
  readonly modifiedAtMs: number
  readonly signal: AbortSignal
  /** A writer into the directory without it. */
  readonly sink?: TreeSink
}

/** `pax` is missing in the types of tar-stream. */
type Entry = (Extract extends AsyncIterable<infer Item> ? Item : never) & {
  readonly header: { readonly pax: Readonly<Record<string, string>> | null }
}

const readBytes = 256 * 1024
/**
 * Between the content of one entry and the header of the next: padding, long names and extended records take some KiB, and
 * what was read ahead of the header comes to less than this.
 */
const maxOverheadBytes = 1024 * 1024
/** Each of its records has a name; a packer writes two or three. */
const maxPaxRecords = 64
/** Names are in memory until the tree is whole. Half a million files take a quarter of this. */
const maxNameBytes = 128 * 1024 * 1024
/** The decoder keeps so much of what it gave: 8 MiB, four times what the packer uses and what the format recommends at most. */
const zstdParameters = { [constants.ZSTD_d_windowLogMax]: 23 }

/**
 * Unpacks an artifact into a new directory, synced to the disk. The archive must hold exactly the entries and bytes
 * the manifest promises; one that would place anything outside the directory is refused.
 * Resolves with what lies on the disk now.
 * @throws {RookeryError} ARCHIVE_UNSAFE, ARCHIVE_CORRUPT, DISK_FULL; the signal's reason when aborted.
 */
export async function unpack(options: UnpackOptions): Promise<readonly TreeEntry[]> {
  await mkdir(options.directory, { mode: 0o755 })
  try {
    const writer = options.sink ?? new TreeWriter(options.directory, options.modifiedAtMs)
    await readArchive(options, new Intake(options.artifact, writer))
    await writer.finish(options.signal)
    return writer.entries
  } catch (error) {
    await rm(options.directory, { recursive: true, force: true })
    throw unpackError(error, options.signal)
  }
}

async function readArchive(options: UnpackOptions, intake: Intake): Promise<void> {
  const { archivePath: path, artifact, signal } = options
  const archive = extract()
  const decompress = artifact.format === 'tar+zstd' ? [createZstdDecompress({ params: zstdParameters })] : []
  const source = createReadStream(path, { highWaterMark: readBytes })
  const entries = (async () => {
    try {
      for await (const entry of archive) await intake.take(entry as Entry)
    } catch (error) {
      archive.destroy()
      throw error
    }
  })()
  const results = await Promise.allSettled([
    entries,
    pipeline([source, ...decompress, meter(intake), archive as unknown as NodeJS.WritableStream], { signal }),
  ])
  // A refused entry also breaks the pipeline; the refusal is what is to be told.
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  await intake.complete()
}

/** Holds each entry against the manifest and the tree so far, then has it written. */
class Intake {
  readonly #promised: Pick<Artifact, 'unpackedBytes' | 'entries'>
  readonly #writer: TreeSink
  readonly #tree = new TreeModel()
  #bytes = 0
  #entries = 0
  #nameBytes = 0
  /** Of the archive's own bytes, with headers and padding. */
  #passed = 0
  /** By then the header of the next entry must have been read. */
  #nextEntryBy = maxOverheadBytes

  constructor(promised: Pick<Artifact, 'unpackedBytes' | 'entries'>, writer: TreeSink) {
    this.#promised = promised
    this.#writer = writer
  }

  /** So many more bytes of the archive come in. @throws {RookeryError} ARCHIVE_CORRUPT. */
  pass(bytes: number): void {
    this.#passed += bytes
    if (this.#passed > this.#nextEntryBy) throw corrupt('inflates to far more than its entries can explain')
  }

  async take(entry: Entry): Promise<void> {
    const { name, type, size, linkname, mode } = entry.header
    const path = archivePath(name)
    this.#check(entry.header)
    this.#count(path, size, (linkname as string | null) ?? '')
    switch (type) {
      case 'directory':
        if (path !== '') this.#writer.directories(this.#tree.addDirectory(path))
        break
      case 'file':
      case 'contiguous-file':
        if (path === '') throw unsafe(name, 'is a file without a name')
        this.#writer.directories(this.#tree.addFile(path))
        return this.#writer.file(path, { size, executable: (mode & 0o111) !== 0 }, entry as AsyncIterable<Buffer>)
      case 'symlink':
        if (path === '') throw unsafe(name, 'is a link without a name')
        this.#writer.directories(this.#tree.addLink(path, (linkname as string | null) ?? ''))
        break
      case 'link': {
        if (path === '') throw unsafe(name, 'is a link without a name')
        const target = archivePath((linkname as string | null) ?? '')
        this.#writer.directories(this.#tree.addHardLink(path, target))
        this.#writer.hardLink(path, target)
        break
      }
      default:
        throw unsafe(name, `is of a forbidden kind: ${(type as string | null) ?? 'unknown'}`)
    }
    entry.resume()
  }

  async complete(): Promise<void> {
    const { unpackedBytes, entries } = this.#promised
    if (this.#entries !== entries || this.#bytes !== unpackedBytes)
      throw corrupt(
        `holds ${this.#entries} entries and ${this.#bytes} bytes, the manifest promises ${entries} and ${unpackedBytes}`,
      )
    this.#tree.checkLinks()
    for (const { path, target } of this.#tree.links) this.#writer.link(path, target)
  }

  /** What a header says that no honest one does. */
  #check({ name, type, size, pax }: Entry['header']): void {
    const isFile = type === 'file' || type === 'contiguous-file'
    if (!Number.isSafeInteger(size) || size < 0) throw unsafe(name, 'has a size that is no size')
    if (size > 0 && !isFile) throw unsafe(name, 'is no file and has content')
    if (name.endsWith('/') && type !== 'directory') throw unsafe(name, 'is no directory and is called like one')
    const records = Object.keys(pax ?? {})
    if (records.length > maxPaxRecords) throw unsafe(name, `has ${records.length} extended records`)
    if (records.some((record) => record.startsWith('GNU.sparse'))) throw unsafe(name, 'is a sparse file')
  }

  #count(path: string, size: number, linkname: string): void {
    this.#entries++
    this.#bytes += size
    this.#nameBytes += Buffer.byteLength(path) + Buffer.byteLength(linkname)
    this.#nextEntryBy = this.#passed + size + maxOverheadBytes
    const { unpackedBytes, entries } = this.#promised
    if (this.#entries > entries)
      throw corrupt(`holds more than the ${entries} entries the manifest promises, at ${JSON.stringify(path)}`)
    if (this.#bytes > unpackedBytes)
      throw corrupt(`holds more than the ${unpackedBytes} bytes the manifest promises, at ${JSON.stringify(path)}`)
    if (this.#nameBytes > maxNameBytes) throw unsafe(path, `is behind ${maxNameBytes} bytes of names`)
  }
}

/** Tells the intake of all that passes, so that an archive ends that inflates to more than its entries can explain. */
function meter(intake: Intake): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        intake.pass(chunk.length)
        done(null, chunk)
      } catch (error) {
        done(error as Error)
      }
    },
  })
}

/** Two names that are one here, a name that is too long below this deploy path, bytes it does not like, too many hard links. */
const namesRefused: ReadonlySet<string> = new Set(['EEXIST', 'ENAMETOOLONG', 'EILSEQ', 'EINVAL', 'EMLINK', 'ENOTDIR'])

function corrupt(what: string): RookeryError {
  return new RookeryError('ARCHIVE_CORRUPT', `the archive ${what}`)
}

function unpackError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof RookeryError) return error
  const code = systemErrorCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RookeryError('DISK_FULL', `no room to unpack the release: ${errorMessage(error)}`, { cause: error })
  if (code !== undefined && namesRefused.has(code))
    return new RookeryError('ARCHIVE_UNSAFE', `this file system does not take an entry: ${errorMessage(error)}`, {
      cause: error,
    })
  // Everything of the file system has a code of its kind; zlib and tar-stream speak of the archive.
  if (code !== undefined && /^E[A-Z]+$/.test(code)) return error
  return new RookeryError('ARCHIVE_CORRUPT', `the archive cannot be read: ${errorMessage(error)}`, { cause: error })
}
