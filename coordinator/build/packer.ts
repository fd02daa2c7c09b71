import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { dirname, join, matchesGlob, normalize } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import { syncPath } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { PackOptions } from '../app-config/rookery-yml.ts'

/** What was packed; the file lies under the path that was asked for. */
export interface PackResult {
  readonly bytes: number
  readonly sha256: string
  readonly unpackedBytes: number
  readonly entries: number
}

export interface PackSettings extends Omit<PackOptions, 'directory'> {
  /** Absolute path that is passed over: our own data directory may lie inside the tree that is packed. */
  readonly leaveOut?: string
}

/** Files up to this size are read whole, which is much faster than a stream each. */
const wholeFileBytes = 64 * 1024
/** Times in the archive are fixed, so that the same tree gives the same bytes; agents set the release's own time. */
const fixedTime = new Date(0)
const zstdLevel = 3

/**
 * Packs a directory into a reproducible tar: entries sorted by the bytes of their path, owner 0, times fixed,
 * modes 0755 or 0644. Streams; memory does not grow with the tree's bytes.
 * @throws {RookeryError} PACK_FAILED that names the entry; DISK_FULL. Nothing stays at `outputPath`.
 */
export async function packDirectory(
  directory: string,
  options: PackSettings,
  outputPath: string,
  signal: AbortSignal,
): Promise<PackResult> {
  const hash = createHash('sha256')
  let bytes = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const archive = pack()
  const totals = { unpackedBytes: 0, entries: 0 }
  const compress = options.compression === 'zstd' ? [zstdStream()] : []
  try {
    const filled = fill(archive, directory, options, totals, signal).catch((error) => {
      archive.destroy(error)
      throw error
    })
    const written = pipeline(
      [archive as unknown as Readable, ...compress, measure, createWriteStream(outputPath, { flags: 'wx' })],
      { signal },
    )
    // Both end together; the one that failed first says why.
    const results = await Promise.allSettled([filled, written])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    await syncPath(outputPath)
  } catch (error) {
    await rm(outputPath, { force: true })
    throw packError(error)
  }
  return { bytes, sha256: hash.digest('hex'), ...totals }
}

function zstdStream() {
  return createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: zstdLevel, [constants.ZSTD_c_checksumFlag]: 1 },
  })
}

async function fill(
  archive: Pack,
  root: string,
  settings: PackSettings,
  totals: { unpackedBytes: number; entries: number },
  signal: AbortSignal,
): Promise<void> {
  for await (const path of walk(root, '', settings)) {
    signal.throwIfAborted()
    totals.unpackedBytes += await addEntry(archive, root, path)
    totals.entries++
  }
  archive.finalize()
}

/** Paths below `root`, parents before their children, in the order of their bytes. */
async function* walk(root: string, below: string, settings: PackSettings): AsyncGenerator<string> {
  const entries = await readdir(join(root, below), { withFileTypes: true })
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (isExcluded(path, entry.name, settings.exclude) || join(root, path) === settings.leaveOut) continue
    yield path
    if (entry.isDirectory()) yield* walk(root, path, settings)
  }
}

function isExcluded(path: string, name: string, exclude: readonly string[]): boolean {
  return name === '.git' || exclude.some((glob) => matchesGlob(path, glob))
}

/** Adds one entry and returns its size in bytes. */
async function addEntry(archive: Pack, root: string, path: string): Promise<number> {
  checkName(path)
  const full = join(root, path)
  const stats = await lstat(full)
  const common = { name: path, uid: 0, gid: 0, uname: '', gname: '', mtime: fixedTime }
  if (stats.isDirectory()) {
    archive.entry({ ...common, type: 'directory', mode: 0o755 })
    return 0
  }
  if (stats.isSymbolicLink()) {
    archive.entry({ ...common, type: 'symlink', mode: 0o777, linkname: await innerLink(full, path) })
    return 0
  }
  if (!stats.isFile()) throw new RookeryError('PACK_FAILED', `${path} is neither a file, a directory nor a link`)
  const header = { ...common, type: 'file' as const, mode: stats.mode & 0o111 ? 0o755 : 0o644 }
  return stats.size <= wholeFileBytes
    ? addWholeFile(archive, header, full)
    : addStreamedFile(archive, header, full, stats.size)
}

async function addWholeFile(archive: Pack, header: { name: string }, full: string): Promise<number> {
  const content = await readFile(full)
  await new Promise<void>((resolve, reject) => {
    // The entry's own stream waits for the archive's reader, which passing the content along with the header does not.
    const entry = archive.entry({ ...header, size: content.length }, (error) => (error ? reject(error) : resolve()))
    entry.end(content)
  })
  return content.length
}

async function addStreamedFile(archive: Pack, header: { name: string }, full: string, size: number): Promise<number> {
  const entry = archive.entry({ ...header, size })
  try {
    // `end` keeps a file that grows meanwhile from overrunning its header; one that shrinks fails in tar-stream.
    await pipeline(
      createReadStream(full, { end: size - 1, highWaterMark: wholeFileBytes }),
      entry as unknown as NodeJS.WritableStream,
    )
  } catch (error) {
    throw new RookeryError('PACK_FAILED', `${header.name} changed while it was packed: ${errorMessage(error)}`, {
      cause: error,
    })
  }
  return size
}

/** Hosts refuse such names, as nothing but a mistake or an attack makes them. What is not UTF-8 was replaced when it was read. */
function checkName(path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f\ufffd]/.test(path))
    throw new RookeryError(
      'PACK_FAILED',
      `${JSON.stringify(path)} is not UTF-8, or has control characters: no host would unpack it`,
    )
}

/** Hosts refuse links that leave the tree, so that a release with one fails here and not there. */
async function innerLink(full: string, path: string): Promise<string> {
  const target = await readlink(full)
  const resolved = normalize(join(dirname(path), target))
  if (target.startsWith('/') || resolved === '..' || resolved.startsWith('../')) {
    throw new RookeryError('PACK_FAILED', `${path} is a link to ${target}, outside the packed directory`)
  }
  return target
}

function packError(error: unknown): RookeryError {
  if (error instanceof RookeryError) return error
  const code = systemErrorCode(error) === 'ENOSPC' ? 'DISK_FULL' : 'PACK_FAILED'
  return new RookeryError(code, `cannot pack the release: ${errorMessage(error)}`, { cause: error })
}
