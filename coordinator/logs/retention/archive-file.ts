import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { syncPath } from '../../../runtime/durable-file.ts'
import type { LogHead } from '../log-rows.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** An entry as it is stored, its bytes as they came. */
export interface ArchivedEntry extends Omit<LogHead, 'bytes'> {
  readonly storedAtMs: number
  readonly data: Uint8Array
}

/** Where in its file a part lies, and what it must hold. */
export interface ArchivePart {
  readonly offset: number
  /** Compressed. */
  readonly bytes: number
  readonly entries: number
  /** SHA-256 of its lines, hex. */
  readonly hash: string
}

type Line = Omit<ArchivedEntry, 'data'> & { readonly text?: string; readonly base64?: string }

/**
 * Appends entries behind the first `offset` bytes of a file, what lies there being of a writer that was killed: a zstd frame
 * of its own, so that the file is one that `zstd -d` reads whole. Lines are JSON objects; `base64` in place of `text` holds
 * what is not UTF-8.
 */
export async function appendPart(
  path: string,
  offset: number,
  entries: readonly ArchivedEntry[],
): Promise<ArchivePart> {
  const lines = Buffer.from(entries.map((entry) => `${JSON.stringify(toLine(entry))}\n`).join(''))
  const packed = await compress(lines)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, offset === 0 ? 'w' : 'r+', 0o600)
  try {
    await file.truncate(offset)
    await file.write(packed, 0, packed.length, offset)
    await file.sync()
  } finally {
    await file.close()
  }
  await syncPath(dirname(path))
  return { offset, bytes: packed.length, entries: entries.length, hash: hashOf(lines) }
}

/**
 * Reads a part back.
 * @throws {Error} when it does not hold what it must.
 */
export async function readPart(path: string, part: ArchivePart): Promise<ArchivedEntry[]> {
  const packed = Buffer.alloc(part.bytes)
  const file = await open(path, 'r')
  try {
    await file.read(packed, 0, packed.length, part.offset)
  } finally {
    await file.close()
  }
  const lines = await decompress(packed)
  const found = lines.toString('utf8').split('\n').slice(0, -1)
  if (hashOf(lines) !== part.hash || found.length !== part.entries)
    throw new Error(`${path} does not hold at ${part.offset} what was written there`)
  return found.map((line) => fromLine(JSON.parse(line) as Line))
}

function toLine({ data, ...entry }: ArchivedEntry): Line {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return isUtf8(bytes) ? { ...entry, text: bytes.toString('utf8') } : { ...entry, base64: bytes.toString('base64') }
}

function fromLine({ text = '', base64, ...entry }: Line): ArchivedEntry {
  return { ...entry, data: base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64') }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
