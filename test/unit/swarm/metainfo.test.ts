import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import bencode from 'bencode'
import { RookeryError } from '../../../runtime/errors.ts'
import { createMetainfo } from '../../../swarm/metainfo/create-metainfo.ts'
import { parseMetainfo, pieceLength } from '../../../swarm/metainfo/metainfo.ts'
import { SwarmAuthority } from '../../support/swarm-authority.ts'

type Fields = Record<string, unknown>

const single: Fields = { name: 'app.tar', 'piece length': 16_384, pieces: new Uint8Array(40), length: 30_000 }
const files = [
  { length: 10_000, path: ['bin', 'run'], attr: 'x' },
  { length: 6_384, path: ['.pad', '6384'], attr: 'p' },
  { length: 3_000, path: ['data'] },
]
const multi: Fields = { name: 'app', 'piece length': 16_384, pieces: new Uint8Array(40), files }

const torrentOf = (info: Fields, more: Fields = {}) => bencode.encode({ info, ...more })

function fault(info: Fields, more: Fields = {}): RookeryError {
  try {
    parseMetainfo(torrentOf(info, more))
  } catch (error) {
    assert.ok(error instanceof RookeryError)
    assert.equal(error.code, 'TORRENT_INVALID')
    return error
  }
  assert.fail('was taken')
}

describe('metainfo', () => {
  it('reads a single-file torrent', () => {
    const tiers = {
      'announce-list': [['http://a/announce'], ['udp://b:1', 'http://a/announce']],
      'url-list': 'http://w/',
    }
    const metainfo = parseMetainfo(torrentOf({ ...single, private: 1 }, { announce: 'http://old/', ...tiers }))
    assert.equal(metainfo.isMultiFile, false)
    assert.equal(metainfo.pieceCount, 2)
    assert.equal(pieceLength(metainfo, 1), 30_000 - 16_384)
    assert.deepEqual(metainfo.announce, ['http://a/announce', 'udp://b:1'])
    assert.deepEqual(metainfo.urlList, ['http://w/'])
    assert.equal(metainfo.isPrivate, true)
    assert.deepEqual(metainfo.files[0]!.path, ['app.tar'])
  })

  it('reads a multi-file torrent with padding and executable files (BEP 47)', () => {
    const metainfo = parseMetainfo(torrentOf(multi))
    assert.deepEqual(
      metainfo.files.map(({ offsetBytes, isPadding, isExecutable }) => [offsetBytes, isPadding, isExecutable]),
      [
        [0, false, true],
        [10_000, true, false],
        [16_384, false, false],
      ],
    )
  })

  it('takes the info hash over the bytes as they stand, unknown fields and all', () => {
    const info = { ...single, 'x-made-by': 'somebody' }
    assert.notEqual(parseMetainfo(torrentOf(info)).infoHash, parseMetainfo(torrentOf(single)).infoHash)
    assert.equal(parseMetainfo(torrentOf(single, { comment: 'a' })).infoHash, parseMetainfo(torrentOf(single)).infoHash)
  })

  it('keeps the web seeds that can be asked, each once, and not thousands of them', () => {
    const listed = (value: unknown) => parseMetainfo(torrentOf(single, { 'url-list': value })).urlList
    assert.deepEqual(listed(''), [])
    assert.deepEqual(
      listed(['http://w/a', 'ftp://w/', 'nonsense', 'https://w/', 'http://w/a', 'http://me:secret@w/']),
      ['http://w/a', 'https://w/'],
    )
    assert.deepEqual(listed(`http://w/${'x'.repeat(3_000)}`), [])
    assert.equal(listed(Array.from({ length: 5_000 }, (_, index) => `http://w/${index}`)).length, 32)
    assert.equal(fault(single, { 'url-list': 7 }).issues[0]?.field, 'url-list')
    assert.equal(fault(single, { 'url-list': [['http://w/']] }).issues[0]?.field, 'url-list')
  })

  it('names the field that is wrong', () => {
    const cases: [Fields, string][] = [
      [{ ...single, name: undefined }, 'info.name'],
      [{ ...single, name: '..' }, 'info.name'],
      [{ ...single, name: 'a/b' }, 'info.name'],
      [{ ...single, name: '' }, 'info.name'],
      [{ ...single, 'piece length': 0 }, 'info.piece length'],
      [{ ...single, 'piece length': 2 ** 40 }, 'info.piece length'],
      [{ ...single, pieces: new Uint8Array(41) }, 'info.pieces'],
      [{ ...single, pieces: new Uint8Array(60) }, 'info.pieces'],
      [{ ...single, pieces: undefined, 'file tree': {} }, 'info.pieces'],
      [{ ...single, length: -5 }, 'info.length'],
      [{ ...single, length: 'many' }, 'info.length'],
      [{ ...single, length: 0, pieces: new Uint8Array(0) }, 'info.length'],
      [{ ...multi, files: [] }, 'info.files'],
      [{ ...multi, files: [{ length: 1, path: [] }] }, 'info.files[0].path'],
      [{ ...multi, files: [{ length: 1, path: ['..', 'etc'] }] }, 'info.files[0].path[0]'],
      [{ ...multi, files: [{ length: 1, path: ['a', '/etc/passwd'] }] }, 'info.files[0].path[1]'],
      [{ ...multi, files: [{ length: 1, path: ['a'], attr: 'l' }] }, 'info.files[0].attr'],
      [{ ...multi, files: [files[0], files[0]] }, 'info.files[1].path'],
      [{ ...multi, files: [files[0], { length: 1, path: ['bin'] }] }, 'info.files[1].path'],
      [{ ...multi, files: [{ length: 1, path: ['bin'] }, files[0]] }, 'info.files[1].path'],
      [{ ...multi, files: [{ path: ['a'] }] }, 'info.files[0].length'],
    ]
    for (const [info, field] of cases) assert.equal(fault(info).issues[0]?.field, field)
  })

  it('refuses what is no torrent at all', () => {
    for (const text of ['', 'hello', 'd4:infoi1ee', 'de', 'd4:infode', 'l-1:e', 'i1ei2e', 'd4:info5:abcdee'])
      assert.throws(() => parseMetainfo(Buffer.from(text)), { code: 'TORRENT_INVALID' }, text)
  })
})

describe('making torrents', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-metainfo-'))
  after(() => rmSync(directory, { recursive: true }))

  it('holds every file of a directory, hidden ones too, in one order', async () => {
    const tree = join(directory, 'tree')
    mkdirSync(join(tree, 'b/.hidden'), { recursive: true })
    for (const path of ['z', 'a', 'b/.hidden/x', 'b/empty'])
      writeFileSync(join(tree, path), path.endsWith('y') ? '' : path)
    const options = { path: tree, announce: ['http://a/announce'], pieceLengthBytes: 32_768 }
    const [first, second] = [parseMetainfo(await createMetainfo(options)), parseMetainfo(await createMetainfo(options))]
    assert.deepEqual(
      first.files.map(({ path }) => path.join('/')),
      ['a', 'b/.hidden/x', 'b/empty', 'z'],
    )
    assert.equal(first.infoHash, second.infoHash)
    assert.equal(first.pieceLengthBytes, 32_768)
    assert.deepEqual(first.announce, ['http://a/announce'])
  })

  it('names web seeds without changing the info hash', async () => {
    const path = join(directory, 'seeded')
    writeFileSync(path, 'x')
    const plain = parseMetainfo(await createMetainfo({ path, announce: [] }))
    const seeded = parseMetainfo(await createMetainfo({ path, announce: [], urlList: ['https://mirror.example/'] }))
    assert.deepEqual([plain.urlList, seeded.urlList], [[], ['https://mirror.example/']])
    assert.equal(seeded.infoHash, plain.infoHash)
    await assert.rejects(createMetainfo({ path, announce: [], urlList: ['ftp://x/'] }), { code: 'TORRENT_INVALID' })
  })

  it('names the authority of its peers, in the info hash, in one form', async () => {
    const tree = join(directory, 'secured')
    mkdirSync(tree)
    writeFileSync(join(tree, 'only'), 'x')
    const { certificate } = await SwarmAuthority.create()
    const made = async (sslCertificate?: string) =>
      parseMetainfo(await createMetainfo({ path: tree, announce: [], sslCertificate }))
    const [plain, secured, spaced] = [await made(), await made(certificate), await made(`\n${certificate}\n\n`)]
    assert.equal(plain.sslCertificate, undefined)
    assert.equal(secured.sslCertificate?.trim(), certificate.trim())
    assert.equal(spaced.sslCertificate, secured.sslCertificate)
    assert.equal(new Set([plain.infoHash, secured.infoHash]).size, 2)
    const twice = `${certificate}\n${certificate}`
    for (const wrong of ['', 'nonsense', certificate.slice(0, 200), twice, certificate + ' '.repeat(20_000)])
      await assert.rejects(made(wrong), { code: 'TORRENT_INVALID', message: /info\.ssl-cert/ })
    for (const wrong of [5, [certificate], { pem: certificate }, Buffer.from([0xff, 0xfe])])
      assert.match(fault({ ...single, 'ssl-cert': wrong }).message, /info\.ssl-cert/)
  })

  it('keeps a directory of one file a directory', async () => {
    const tree = join(directory, 'one')
    mkdirSync(tree)
    writeFileSync(join(tree, 'only'), 'x')
    const metainfo = parseMetainfo(await createMetainfo({ path: tree, announce: [] }))
    assert.equal(metainfo.isMultiFile, true)
    assert.deepEqual(metainfo.files[0]!.path, ['only'])
  })

  it('says what it cannot read', async () => {
    await assert.rejects(createMetainfo({ path: join(directory, 'nowhere'), announce: [] }), {
      code: 'FILE_UNREADABLE',
    })
    mkdirSync(join(directory, 'empty'))
    await assert.rejects(createMetainfo({ path: join(directory, 'empty'), announce: [] }), { code: 'TORRENT_INVALID' })
  })
})
