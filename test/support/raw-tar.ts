/** What a tar header says, in the bytes of the format: also what no packer would write. */
export interface RawEntry {
  readonly name: string | Buffer
  /** The type's character; `0`, a file, without it. */
  readonly type?: string
  readonly content?: Buffer
  /** What the header claims; the content's length without it. */
  readonly size?: number
  /** The size field as it is, instead. */
  readonly sizeField?: Buffer
  readonly linkname?: string | Buffer
  readonly mode?: number
}

const block = 512

/** A whole archive: each entry's header and padded content, and the end mark. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), Buffer.alloc(2 * block)])
}

export function rawEntry(entry: RawEntry): Buffer {
  const content = entry.content ?? Buffer.alloc(0)
  const padding = Buffer.alloc((block - (content.length % block)) % block)
  return Buffer.concat([rawHeader(entry), content, padding])
}

/** Extended records (POSIX.1-2001, pax) for the entry that follows; `g` is for all that follow. */
export function paxEntry(records: readonly (readonly [string, string])[], type: 'x' | 'g' = 'x'): RawEntry {
  const lines = records.map(([key, value]) => paxRecord(key, value))
  return { name: 'PaxHeader', type, content: Buffer.concat(lines) }
}

/** Makes a header's checksum fit its bytes again. */
export function fixChecksum(header: Buffer): void {
  header.write(' '.repeat(8), 148)
  const sum = header.subarray(0, block).reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
}

function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (String(length).length > String(rest).length) length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

function rawHeader({ name, type = '0', content, size, sizeField, linkname = '', mode = 0o644 }: RawEntry): Buffer {
  const header = Buffer.alloc(block)
  Buffer.from(name).copy(header, 0, 0, 100)
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${(size ?? content?.length ?? 0).toString(8).padStart(11, '0')}\0`, 124)
  sizeField?.copy(header, 124, 0, 12)
  header.write('00000000000\0', 136)
  header.write(type, 156)
  Buffer.from(linkname).copy(header, 157, 0, 100)
  header.write('ustar\x0000', 257)
  fixChecksum(header)
  return header
}
