import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { type Header, pack } from 'tar-stream'
import { unpack } from '../../../peer-agent/unpack/unpack.ts'

const root = mkdtempSync(join(tmpdir(), 'rookery-unpack-'))
after(() => rmSync(root, { recursive: true }))

type Item = Partial<Header> & Pick<Header, 'name'> & { content?: string }
const modifiedAtMs = Date.UTC(2026, 4, 5)

async function tar(items: readonly Item[]): Promise<Buffer> {
  const archive = pack()
  for (const { content, ...header } of items) archive.entry(header, content ?? '')
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

interface Case {
  readonly bytes: Buffer
  readonly entries: number
  readonly unpackedBytes: number
  readonly format?: 'tar' | 'tar+zstd'
  readonly signal?: AbortSignal
}

let count = 0
async function run({ bytes, entries, unpackedBytes, format = 'tar', signal }: Case): Promise<string> {
  const base = join(root, `case-${count++}`)
  const directory = join(base, 'release')
  const archivePath = `${base}.tar`
  writeFileSync(archivePath, bytes)
  mkdirSync(base)
  const artifact = { format, entries, unpackedBytes }
  try {
    await unpack({ archivePath, artifact, directory, modifiedAtMs, signal: signal ?? new AbortController().signal })
  } catch (error) {
    assert.deepEqual(readdirSync(base), [], 'something of a refused archive stayed')
    throw error
  }
  return directory
}

async function runItems(items: readonly Item[], overrides: Partial<Case> = {}): Promise<string> {
  const unpackedBytes = items.reduce((sum, item) => sum + (item.content?.length ?? 0), 0)
  return run({ bytes: await tar(items), entries: items.length, unpackedBytes, ...overrides })
}

const refused = (items: readonly Item[], message: RegExp) =>
  assert.rejects(runItems(items), (error: { code?: string; message: string }) => {
    assert.equal(error.code, 'ARCHIVE_UNSAFE')
    assert.match(error.message, message)
    return true
  })

/** A header block by hand, for what tar-stream would not write. */
function rawHeader(name: string, type: string, size = 0, linkname = ''): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write(linkname, 157)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

describe('unpack', () => {
  it('gives files, directories, links and hard links with plain modes and the release’s time', async () => {
    const directory = await runItems([
      { name: 'bin', type: 'directory' },
      { name: 'bin/run', mode: 0o4755, content: '#!/bin/sh\n' },
      { name: 'data.txt', mode: 0o600, content: 'data' },
      { name: 'bin/data', type: 'symlink', linkname: '../data.txt' },
      { name: 'same.txt', type: 'link', linkname: 'data.txt' },
      { name: 'deep/er/file', content: 'x' },
      { name: 'big', content: 'b'.repeat(600_000) },
      { name: 'empty' },
    ])
    const mode = (path: string) => lstatSync(join(directory, path)).mode & 0o7777
    assert.equal(mode('bin/run'), 0o755)
    assert.equal(mode('data.txt'), 0o644)
    assert.equal(mode('deep/er'), 0o755)
    assert.equal(readlinkSync(join(directory, 'bin/data')), '../data.txt')
    assert.equal(lstatSync(join(directory, 'same.txt')).ino, lstatSync(join(directory, 'data.txt')).ino)
    assert.equal(readFileSync(join(directory, 'big'), 'utf8').length, 600_000)
    for (const path of ['', 'bin', 'bin/run', 'bin/data', 'deep', 'big', 'empty'])
      assert.equal(lstatSync(join(directory, path)).mtimeMs, modifiedAtMs, path)
  })

  it('reads zstd, long names and names that are not ASCII', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`
    const items = [
      { name: long, content: 'long' },
      { name: 'grüße/日本', content: 'hello' },
    ]
    const bytes = zstdCompressSync(await tar(items))
    const directory = await runItems(items, { bytes, format: 'tar+zstd' })
    assert.equal(readFileSync(join(directory, long), 'utf8'), 'long')
    assert.equal(readFileSync(join(directory, 'grüße/日本'), 'utf8'), 'hello')
  })

  it('allows links that stay inside, dangling ones and chains included', async () => {
    const directory = await runItems([
      { name: 'a', type: 'symlink', linkname: 'b/c' },
      { name: 'b', type: 'symlink', linkname: 'real' },
      { name: 'real', type: 'directory' },
      { name: 'real/c', content: 'c' },
      { name: 'gone', type: 'symlink', linkname: './not/there' },
      { name: 'real/up', type: 'symlink', linkname: '../real/./c' },
    ])
    assert.equal(readFileSync(join(directory, 'a'), 'utf8'), 'c')
    assert.equal(readFileSync(join(directory, 'real/up'), 'utf8'), 'c')
    assert.equal(existsSync(join(directory, 'gone')), false)
  })
})

describe('unpack refuses', () => {
  it('paths that lead out', async () => {
    await refused([{ name: '/etc/passwd', content: 'x' }], /absolute/)
    await refused([{ name: '../x', content: 'x' }], /\.\./)
    await refused([{ name: 'a/../../x', content: 'x' }], /\.\./)
    await refused([{ name: 'a/..', type: 'directory' }], /\.\./)
  })

  it('links that lead out, also by way of other links', async () => {
    await refused([{ name: 'l', type: 'symlink', linkname: '/etc' }], /absolute/)
    await refused([{ name: 'l', type: 'symlink', linkname: '..' }], /leaves/)
    await refused([{ name: 'd/l', type: 'symlink', linkname: '../../x' }], /leaves/)
    await refused(
      [
        { name: 'here', type: 'symlink', linkname: '.' },
        { name: 'out', type: 'symlink', linkname: 'here/../x' },
      ],
      /"out".*leaves/,
    )
    await refused(
      [
        { name: 'a/b', type: 'directory' },
        { name: 'short', type: 'symlink', linkname: 'a' },
        { name: 'a/b/l', type: 'symlink', linkname: '../../short/../../x' },
      ],
      /leaves/,
    )
    await refused(
      [
        { name: 'x', type: 'symlink', linkname: 'y' },
        { name: 'y', type: 'symlink', linkname: 'x' },
      ],
      /never ends/,
    )
  })

  it('entries below or over a link, and anything that comes twice', async () => {
    const link: Item = { name: 'l', type: 'symlink', linkname: 'd' }
    await refused([{ name: 'd', type: 'directory' }, link, { name: 'l/file', content: 'x' }], /below l, a link/)
    await refused([link, { name: 'l', content: 'x' }], /twice/)
    await refused([link, { name: 'l', type: 'directory' }], /a link/)
    await refused(
      [
        { name: 'f', content: '1' },
        { name: './f', content: '2' },
      ],
      /twice/,
    )
    await refused(
      [
        { name: 'f', content: '1' },
        { name: 'f/g', content: '2' },
      ],
      /a file/,
    )
  })

  it('hard links to anything but a file of the archive', async () => {
    await refused([{ name: 'h', type: 'link', linkname: '/etc/passwd' }], /absolute/)
    await refused([{ name: 'h', type: 'link', linkname: '../x' }], /\.\./)
    await refused(
      [
        { name: 'h', type: 'link', linkname: 'later' },
        { name: 'later', content: 'x' },
      ],
      /no file/,
    )
    await refused(
      [
        { name: 'd', type: 'directory' },
        { name: 's', type: 'symlink', linkname: 'd' },
        { name: 'h', type: 'link', linkname: 's' },
      ],
      /no file/,
    )
  })

  it('devices, fifos and kinds nobody knows', async () => {
    for (const type of ['fifo', 'character-device', 'block-device'] as const)
      await refused([{ name: 'x', type }], /forbidden kind/)
    const bytes = Buffer.concat([rawHeader('sparse', 'S'), Buffer.alloc(1024)])
    await assert.rejects(run({ bytes, entries: 1, unpackedBytes: 0 }), { code: 'ARCHIVE_UNSAFE' })
  })
})

describe('unpack tells a corrupt archive', () => {
  const items: Item[] = [
    { name: 'a', content: 'a'.repeat(3_000) },
    { name: 'b', content: 'b'.repeat(300_000) },
  ]
  const promise = { entries: 2, unpackedBytes: 303_000 }

  it('when it is truncated, anywhere', async () => {
    const bytes = await tar(items)
    for (const length of [0, 100, 512, 2_000, 3_584, 5_000, 200_000])
      await assert.rejects(run({ bytes: bytes.subarray(0, length), ...promise }), { code: 'ARCHIVE_CORRUPT' })
    const compressed = zstdCompressSync(bytes)
    for (const length of [0, 10, compressed.length - 1])
      await assert.rejects(run({ bytes: compressed.subarray(0, length), ...promise, format: 'tar+zstd' }), {
        code: 'ARCHIVE_CORRUPT',
      })
  })

  it('when it holds more or less than the manifest promises', async () => {
    const bytes = await tar(items)
    for (const wrong of [{ entries: 1 }, { entries: 3 }, { unpackedBytes: 302_999 }, { unpackedBytes: 303_001 }])
      await assert.rejects(run({ bytes, ...promise, ...wrong }), { code: 'ARCHIVE_CORRUPT' })
    const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))
    await assert.rejects(run({ bytes: bomb, entries: 1, unpackedBytes: 10, format: 'tar+zstd' }), {
      code: 'ARCHIVE_CORRUPT',
      message: /inflates/,
    })
  })

  it('when a size in a header is a lie', async () => {
    const bytes = Buffer.concat([rawHeader('huge', '0', 0o77777777777), Buffer.alloc(4_096)])
    await assert.rejects(run({ bytes, entries: 1, unpackedBytes: 100 }), { code: 'ARCHIVE_CORRUPT' })
  })

  it('and stops at once when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'))
    await assert.rejects(runItems(items, { signal }), { message: 'cancelled' })
  })

  it('and whatever bytes it is given, it ends and leaves nothing outside', async () => {
    const valid = await tar([
      { name: 'a', content: 'x' },
      { name: 'l', type: 'symlink', linkname: 'a' },
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: valid.length - 1 }), fc.integer({ min: 0, max: 255 })), {
          maxLength: 4,
        }),
        async (changes) => {
          const bytes = Buffer.from(valid)
          for (const [offset, value] of changes) bytes[offset] = value
          await run({ bytes, entries: 2, unpackedBytes: 1 }).then(
            () => {},
            (error) => assert.match(String(error.code), /^ARCHIVE_/),
          )
        },
      ),
      { numRuns: 200 },
    )
  })
})
