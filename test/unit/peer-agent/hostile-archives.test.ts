import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import { ArchiveBench, type Promised } from '../../support/archive-bench.ts'
import { paxEntry, type RawEntry, rawEntry, rawTar } from '../../support/raw-tar.ts'

const bench = new ArchiveBench(mkdtempSync(join(tmpdir(), 'rookery-hostile-')))
after(() => rmSync(bench.root, { recursive: true, force: true }))
const run = (bytes: Buffer, promised: Promised = {}) => bench.run(bytes, promised)
const refused = (bytes: Buffer, promised: Promised, message: RegExp, code?: string) =>
  bench.refused(bytes, promised, message, code)

const isRefusal = ({ code }: { code?: string }) => code === 'ARCHIVE_UNSAFE' || code === 'ARCHIVE_CORRUPT'
const file = (name: string | Buffer, text = ''): RawEntry => ({ name, content: Buffer.from(text) })
const refusedEntries = (entries: readonly RawEntry[], message: RegExp, promised: Promised = {}) =>
  refused(rawTar(entries), { entries: 10, unpackedBytes: 1_000, ...promised }, message)

describe('an archive is refused for the name of an entry', () => {
  it('that is absolute or climbs, in every way a name can be given', async () => {
    const long = { name: '././@LongLink', type: 'L', content: Buffer.from('../../../etc/cron.d/evil\0') }
    await refusedEntries([file('/etc/cron.d/evil')], /"\/etc\/cron.d\/evil" is an absolute path/)
    await refusedEntries([file('a/../../evil')], /has a part \.\./)
    await refusedEntries([paxEntry([['path', '/etc/evil']]), file('good')], /"\/etc\/evil" is an absolute/)
    await refusedEntries([paxEntry([['path', 'x/../../evil']]), file('good')], /has a part \.\./)
    await refusedEntries([paxEntry([['path', '../evil']], 'g'), paxEntry([['comment', 'x']]), file('good')], /\.\./)
    await refusedEntries([long, file('good')], /has a part \.\./)
  })

  it('that has control characters, is not UTF-8, or is nothing', async () => {
    await refusedEntries([file('a\nb')], /"a\\nb" is no valid path/)
    await refusedEntries([file('\x1b[2Jx')], /is no valid path/)
    await refusedEntries([file('a\x7fb')], /is no valid path/)
    await refusedEntries([file(Buffer.from([0x61, 0xff, 0xfe]))], /is not UTF-8/)
    await refusedEntries([file(Buffer.from([0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x78]))], /is not UTF-8/)
    await refusedEntries([paxEntry([['path', 'a\0b']]), file('good')], /is no valid path/)
    await refusedEntries([file('')], /a file without a name/)
    await refusedEntries([{ name: '.', type: '2', linkname: 'x' }], /a link without a name/)
  })

  it('that is too long or too deep', async () => {
    await refusedEntries([paxEntry([['path', 'n'.repeat(256)]]), file('x')], /too long for a file name/)
    await refusedEntries([paxEntry([['path', 'ä'.repeat(128)]]), file('x')], /too long for a file name/)
    await refusedEntries([paxEntry([['path', 'd/'.repeat(3_000)]]), file('x')], /too long for a path/)
    await refusedEntries([paxEntry([['path', `${'d/'.repeat(300)}x`]]), file('x')], /deeper than 255/)
  })

  it('that says directory where the entry is none', async () => {
    await refusedEntries([{ name: 'l/', type: '2', linkname: 'x' }], /is called like one/)
    await refusedEntries([{ name: 'c/', type: '7' }], /is called like one/)
    await refusedEntries([{ name: 'd', type: '5', content: Buffer.from('content') }], /is no file and has content/)
    await refusedEntries([{ name: 'l', type: '2', linkname: 'x', content: Buffer.from('x') }], /has content/)
  })

  it('that comes twice, as whatever it comes', async () => {
    const directory = { name: 'a', type: '5' }
    const link = { name: 'a', type: '2', linkname: 'b' }
    for (const [first, second] of [
      [file('a'), file('./a')],
      [file('a'), directory],
      [file('a'), link],
      [file('a'), { name: 'a', type: '1', linkname: 'a' }],
      [link, file('a')],
      [link, directory],
      [directory, file('a')],
      [directory, link],
    ] as const)
      await refusedEntries([first, second], /comes twice|is or lies below a/)
  })

  it('that lies below a file or a link', async () => {
    await refusedEntries([{ name: 'l', type: '2', linkname: '.' }, file('l/x')], /below l, a link/)
    await refusedEntries([file('f'), file('f/x')], /below f, a file/)
  })
})

describe('an archive is refused for where it leads', () => {
  it('by links, however long the way', async () => {
    const link = (name: string, linkname: string): RawEntry => ({ name, type: '2', linkname })
    const chain = Array.from({ length: 50 }, (_, index) => link(`l${index}`, `l${index + 1}`))
    const leaves = (entries: readonly RawEntry[], message: RegExp) =>
      refused(rawTar(entries), { entries: entries.filter(({ type }) => type !== 'K').length }, message)
    await leaves([...chain, link('l50', '..')], /"l0" is a link to l1, which leaves/)
    await leaves([link('a', 'b'), link('b', 'c/../..'), { name: 'c', type: '5' }], /leaves/)
    await leaves([link('up', 'not/there/../../..')], /leaves/)
    await refusedEntries([link('root', '/')], /absolute path/)
    await refusedEntries([paxEntry([['linkpath', '/etc/shadow']]), link('x', 'good')], /absolute path \/etc\/shadow/)
    const long = { name: '././@LongLink', type: 'K', content: Buffer.from('../../../etc/shadow\0') }
    await leaves([long, link('x', 'good')], /leaves/)
    await refusedEntries([link('x', 'a\nb')], /invalid target/)
    await refusedEntries([paxEntry([['linkpath', 'x'.repeat(5_000)]]), link('x', 'good')], /invalid target/)
  })

  it('by hard links to what is not its own', async () => {
    const hard = (name: string, linkname: string): RawEntry => ({ name, type: '1', linkname })
    await refusedEntries([hard('h', '/etc/shadow')], /absolute/)
    await refusedEntries([hard('h', '../neighbour')], /\.\./)
    await refusedEntries(
      [{ name: 's', type: '2', linkname: 'f' }, file('f'), hard('h', 's')],
      /no file of this archive/,
    )
    await refusedEntries([hard('h', 'h')], /no file of this archive/)
    await refusedEntries([paxEntry([['linkpath', '../neighbour']]), hard('h', 'x')], /\.\./)
  })

  it('by links that are made to be slow to follow', async () => {
    const deep = 'd/'.repeat(254)
    const path = paxEntry([['path', `${deep}x`]])
    const slow = Array.from({ length: 20_000 }, (_, index) => [
      paxEntry([['linkpath', deep.repeat(7)]]),
      { name: `l${index}`, type: '2' },
    ])
    const bytes = rawTar([path, file('x'), ...slow.flat()])
    const startedMs = performance.now()
    await refused(bytes, { entries: 20_001 }, /one link too many to follow/)
    assert.ok(performance.now() - startedMs < 20_000)
  })
})

describe('an archive is refused for what it holds', () => {
  it('devices, fifos, sparse files and kinds of other systems', async () => {
    for (const type of ['3', '4', '6', 'S', 'D', 'M', 'V', 'A', 'Z', '\x7f'])
      await refusedEntries([{ name: 'odd', type }], /"odd" is of a forbidden kind/)
    const sparse = paxEntry([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', '/etc/evil'],
      ['GNU.sparse.realsize', '1099511627776'],
    ])
    await refusedEntries([sparse, file('GNUSparseFile.0/evil', '1\n0\n')], /is a sparse file/)
  })

  it('sizes that are none, or lies', async () => {
    const negative = Buffer.alloc(12, 0xff)
    const huge = Buffer.alloc(12, 0x00)
    huge[0] = 0x80
    huge[1] = 0x7f
    for (const sizeField of [negative, huge, Buffer.from('zzzzzzzzzzz\0')])
      await assert.rejects(run(rawTar([{ name: 'x', sizeField }]), { entries: 5, unpackedBytes: 100 }), isRefusal)
    await refused(rawTar([paxEntry([['size', '-5']]), file('x')]), {}, /Invalid header|no size/, 'ARCHIVE_CORRUPT')
    const lie = rawTar([paxEntry([['size', '4096']]), file('x', 'short')])
    await assert.rejects(run(lie, { unpackedBytes: 4_096 }), { code: 'ARCHIVE_CORRUPT' })
    await assert.rejects(run(rawTar([file('x', 'five!')]), { unpackedBytes: 4 }), {
      code: 'ARCHIVE_CORRUPT',
      message: /at "x"/,
    })
  })

  it('more entries, or more directories, than it lists', async () => {
    const many = rawTar(Array.from({ length: 100 }, (_, index) => file(`f${index}`)))
    await refused(many, { entries: 99 }, /more than the 99 entries .* at "f99"/, 'ARCHIVE_CORRUPT')
    const bushy = Array.from({ length: 100 }, (_, index) => [
      paxEntry([['path', `${index}/${'d/'.repeat(200)}x`]]),
      file('x'),
    ])
    await refusedEntries(bushy.flat(), /more than 10000 directories that are not listed/, { entries: 100 })
  })

  it('what is cut off, at every block', async () => {
    const bytes = rawTar([paxEntry([['path', 'long/name']]), file('x', 'c'.repeat(700)), file('y', 'd'.repeat(600))])
    const whole = bytes.length - 1_024
    for (let length = 0; length < whole; length += 256)
      await assert.rejects(run(bytes.subarray(0, length), { entries: 2, unpackedBytes: 1_300 }), {
        code: 'ARCHIVE_CORRUPT',
      })
  })
})

describe('an archive is refused that is to fill memory or disk', () => {
  const promised = { entries: 10, unpackedBytes: 1_000, format: 'tar+zstd' } as const

  /** How much memory more it took, at most, while it was refused. */
  async function mostMemory(refusal: () => Promise<void>): Promise<number> {
    const before = process.memoryUsage.rss()
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 2)
    try {
      await refusal()
    } finally {
      clearInterval(timer)
    }
    return (Math.max(most, process.memoryUsage.rss()) - before) / 1024 / 1024
  }

  it('by zeros, by a file without end, and by names without end', async () => {
    const nothing = Buffer.alloc(256 * 1024 * 1024)
    const zeros = zstdCompressSync(nothing)
    const endless = zstdCompressSync(Buffer.concat([rawEntry({ name: 'big', size: 2 ** 33 - 1 }), nothing]))
    const header = rawEntry({ name: 'x', type: 'L', size: 2 ** 32 })
    const names = zstdCompressSync(Buffer.concat([header, nothing]))
    assert.ok(zeros.length < 50_000)
    const corrupt = (bytes: Buffer, message: RegExp) => refused(bytes, promised, message, 'ARCHIVE_CORRUPT')
    const mebibytes = await mostMemory(async () => {
      await corrupt(zeros, /inflates to far more/)
      await corrupt(endless, /more than the 1000 bytes .* at "big"/)
      await corrupt(names, /max size|inflates/)
    })
    assert.ok(mebibytes < 100, `${mebibytes} MiB`)
  })

  it('by extended records, large or many, one header after the other', async () => {
    const large = rawTar([paxEntry([['comment', 'x'.repeat(3_000_000)]]), file('x')])
    await refused(large, {}, /inflates to far more/, 'ARCHIVE_CORRUPT')
    const chain = rawTar(Array.from({ length: 5_000 }, () => paxEntry([['comment', 'x'.repeat(400)]])))
    await refused(chain, {}, /inflates to far more/, 'ARCHIVE_CORRUPT')
    const many = Array.from({ length: 100 }, (_, index): [string, string] => [`k${index}`, 'v'])
    await refused(rawTar([paxEntry(many), file('x')]), {}, /has 100 extended records/)
    await refused(rawTar([paxEntry(many, 'g'), paxEntry([['a', 'b']]), file('x')]), {}, /has 101 extended records/)
  })

  it('by a zstd window that takes hundreds of megabytes', async () => {
    const content = Buffer.alloc(64 * 1024 * 1024)
    const bytes = rawTar([{ name: 'x', content }])
    const wide = zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_windowLog]: 26, [constants.ZSTD_c_contentSizeFlag]: 0 },
    })
    const streamed = Buffer.from(wide)
    await refused(streamed, { ...promised, unpackedBytes: content.length }, /memory|window/i, 'ARCHIVE_CORRUPT')
  })

  it('by what follows its end, in one archive or in several', async () => {
    const trailing = Buffer.concat([rawTar([file('x')]), Buffer.alloc(3 * 1024 * 1024)])
    await refused(trailing, {}, /inflates to far more/, 'ARCHIVE_CORRUPT')
    const second = Buffer.concat([rawTar([file('x')]), rawTar([file('y')])])
    await refused(second, {}, /more than the 1 entries/, 'ARCHIVE_CORRUPT')
    const frames = Buffer.concat([zstdCompressSync(rawTar([file('x')])), zstdCompressSync(rawTar([file('y')]))])
    assert.deepEqual(readdirSync(await run(frames, { format: 'tar+zstd' })), ['x'])
  })
})

describe('what is taken', () => {
  it('has plain modes and the agent’s owner, whatever the archive says', async () => {
    const bits = [0o4755, 0o2755, 0o1777, 0o6777, 0o7777]
    const bytes = rawTar([
      ...bits.map((mode): RawEntry => ({ name: `f${mode.toString(8)}`, mode, content: Buffer.from('x') })),
      { name: 'd', type: '5', mode: 0o7777 },
    ])
    const directory = await run(bytes, { entries: 6, unpackedBytes: 5 })
    for (const name of readdirSync(directory)) {
      const { mode, uid } = statSync(join(directory, name))
      assert.equal(mode & 0o7022, 0, name)
      assert.equal(uid, process.getuid!())
    }
  })

  it('may have names that differ in case alone, where the file system tells them apart', async () => {
    const directory = await run(rawTar([file('Readme', 'A'), file('README', 'B')]), { entries: 2, unpackedBytes: 2 })
    assert.deepEqual(readdirSync(directory).sort(), ['README', 'Readme'])
  })
})
