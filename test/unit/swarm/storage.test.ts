import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { PieceIndex } from '../../../swarm/identifiers.ts'
import { parseMetainfo } from '../../../swarm/index.ts'
import { pieceLength } from '../../../swarm/metainfo/metainfo.ts'
import { ChunkCache } from '../../../swarm/storage/chunk-cache.ts'
import { hashInThread, isWorthThread } from '../../../swarm/storage/hash-thread.ts'
import { PieceLost } from '../../../swarm/storage/piece-lost.ts'
import { PieceStore } from '../../../swarm/storage/piece-store.ts'
import { metainfoOf, scratchDirectory, torrentOf, writeTree } from '../../support/swarm-fixture.ts'

const pieceBytes = 32_768
const pieceCount = 12
const totalBytes = (pieceCount - 1) * pieceBytes + 100
const blockBytes = 16_384

const scratch = scratchDirectory('storage')
after(() => scratch.remove())

/** A torrent with its bytes, and a directory to keep it in. */
async function artifact(name: string, lengths: Record<string, number> = { f: totalBytes }) {
  const source = join(scratch.path, name, 'source')
  const directory = join(scratch.path, name, 'out')
  writeTree(source, lengths)
  mkdirSync(directory)
  const root = Object.keys(lengths)[0]!.split('/')[0]!
  const metainfo = await metainfoOf(join(source, root))
  const bytes = Buffer.concat(
    metainfo.files.map(({ path }) => readFileSync(join(source, metainfo.isMultiFile ? root : '', ...path))),
  )
  return {
    metainfo,
    bytes,
    source,
    directory,
    part: join(directory, 'f.rookery-part'),
    journal: join(directory, 'f.rookery-pieces'),
  }
}

type Artifact = Awaited<ReturnType<typeof artifact>>

/** With a cache of one chunk. */
function open({ metainfo, directory }: Pick<Artifact, 'metainfo' | 'directory'>, options = {}): Promise<PieceStore> {
  return PieceStore.open({ metainfo, directory, ...options }, new ChunkCache(0), new AbortController().signal)
}

async function store(target: PieceStore, { metainfo, bytes }: Artifact, pieces: Iterable<number>): Promise<void> {
  for (const index of pieces) {
    const piece = index as PieceIndex
    const at = index * metainfo.pieceLengthBytes
    target.storeBlock(piece, 0, bytes.subarray(at, at + pieceLength(metainfo, index)))
    assert.ok((await target.check(piece, false)).isGood)
  }
}

async function read(from: PieceStore, piece: number, offset = 0, length = 100): Promise<Buffer> {
  const bytes = await from.read(piece as PieceIndex, offset, length)
  const copy = Buffer.from(bytes)
  from.release(bytes)
  return copy
}

function slice({ bytes, metainfo }: Artifact, piece: number, offset = 0, length = 100): Buffer {
  const at = piece * metainfo.pieceLengthBytes + offset
  return bytes.subarray(at, at + length)
}

function overwrite(path: string, at: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, 'changed', at)
  closeSync(file)
}

const all = [...new Array(pieceCount).keys()]
const isLost = (piece: number) => (error: unknown) => error instanceof PieceLost && error.piece === piece

/** A store that was stopped in order with some of the pieces. */
async function stopped(name: string, pieces: Iterable<number>): Promise<Artifact> {
  const made = await artifact(name)
  const first = await open(made)
  await store(first, made, pieces)
  await first.close()
  return made
}

describe('a journal that is attacked', () => {
  it('is believed after a stop in order', async () => {
    const made = await stopped('orderly', [1, 4, 11])
    const second = await open(made)
    assert.deepEqual([...second.found.indexes()], [1, 4, 11])
    assert.deepEqual(await read(second, 4), slice(made, 4))
    await second.close()
  })

  it('cut off or changed at any byte, claims nothing that is not there', async () => {
    const made = await stopped('torn', [1, 4, 11])
    // Piece 4 is wrong on the disk, so that whoever believes a torn journal is caught.
    overwrite(made.part, 4 * pieceBytes)
    const whole = readFileSync(made.journal)
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(made.journal, whole.subarray(0, length))
      copyFileSync(made.part, `${made.part}.kept`)
      const second = await open(made)
      assert.ok(!second.found.has(4), `cut to ${length} bytes`)
      for (const piece of second.found.indexes()) assert.deepEqual(await read(second, piece), slice(made, piece))
      await second.close({ hasFailed: true })
      renameSync(`${made.part}.kept`, made.part)
    }
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole)
      flipped[at]! ^= 0x0f
      writeFileSync(made.journal, flipped)
      copyFileSync(made.part, `${made.part}.kept`)
      const second = await open(made)
      for (const piece of second.found.indexes()) assert.deepEqual(await read(second, piece), slice(made, piece))
      await second.close({ hasFailed: true })
      renameSync(`${made.part}.kept`, made.part)
    }
  })

  it('of another torrent, or without its data, counts for nothing', async () => {
    const made = await stopped('foreign', all)
    const other = await artifact('foreign-other', { f: totalBytes - 5 })
    cpSync(made.part, other.part)
    cpSync(made.journal, other.journal)
    rmSync(made.part)
    for (const target of [other, made]) {
      const second = await open(target)
      assert.equal(second.found.count, 0)
      await second.close()
    }
  })

  it('ahead of the data, as after a power cut, is believed as far as the data verifies', async () => {
    const made = await artifact('ahead')
    const first = await open(made)
    await store(first, made, all)
    // The process is gone, and of the data only the first half had reached the disk.
    await first.close({ hasFailed: true })
    const left = readFileSync(made.part).fill(0, 6 * pieceBytes)
    const journal = readFileSync(made.journal)
    writeFileSync(made.part, left)
    writeFileSync(made.journal, journal)
    const second = await open(made)
    assert.deepEqual([...second.found.indexes()], [0, 1, 2, 3, 4, 5])
    await second.close()
  })

  it('that ended in order is not believed when somebody wrote to the file since', async () => {
    const made = await stopped('touched', all.slice(0, 8))
    const { mtime } = statSync(made.part)
    overwrite(made.part, 3 * pieceBytes)
    utimesSync(made.part, mtime, mtime)
    const second = await open(made)
    assert.deepEqual([...second.found.indexes()], [0, 1, 2, 4, 5, 6, 7])
    await second.close()
  })

  it('is believed no further than the first byte that is served, and the whole when it is finished', async () => {
    const made = await stopped('rotten', all)
    const first = await open(made)
    // What no stamp tells: the disk forgets, and nobody wrote.
    overwrite(made.part, 3 * pieceBytes)
    assert.equal(first.found.count, pieceCount)
    assert.deepEqual(await read(first, 2), slice(made, 2))
    await assert.rejects(read(first, 3, blockBytes), isLost(3))
    await assert.rejects(first.finish(), isLost(3))
    assert.deepEqual(readdirSync(made.directory).sort(), ['f.rookery-part', 'f.rookery-pieces'])
    await first.close({ hasFailed: true })
    const second = await open(made)
    assert.deepEqual(second.found.count, pieceCount - 1)
    await store(second, made, [3])
    await second.finish()
    assert.deepEqual(readFileSync(join(made.directory, 'f')), made.bytes)
    await second.close()
  })
})

describe('files that somebody changes under us', () => {
  async function seeded(name: string, lengths?: Record<string, number>) {
    const made = await artifact(name, lengths)
    const seeding = await open({ metainfo: made.metainfo, directory: made.source }, { isReadOnly: true })
    return { made, seeding, path: join(made.source, 'f') }
  }

  it('are found changed before a byte of a changed piece is given away; the other pieces still are', async () => {
    const { made, seeding, path } = await seeded('altered')
    assert.deepEqual(await read(seeding, 5), slice(made, 5))
    assert.deepEqual(await read(seeding, 6), slice(made, 6))
    const { atime, mtime } = statSync(path)
    overwrite(path, 5 * pieceBytes + 20_000)
    utimesSync(path, atime, mtime)
    await assert.rejects(read(seeding, 5), isLost(5))
    for (const piece of all.filter((index) => index !== 5))
      assert.deepEqual(await read(seeding, piece), slice(made, piece))
    await seeding.close()
  })

  it('are found cut off', async () => {
    const { made, seeding, path } = await seeded('truncated')
    truncateSync(path, 7 * pieceBytes + 10)
    assert.deepEqual(await read(seeding, 6), slice(made, 6))
    await assert.rejects(read(seeding, 7), isLost(7))
    await assert.rejects(read(seeding, 11), isLost(11))
    await seeding.close()
  })

  it('are served on when they were only touched, deleted or replaced by the same', async () => {
    const { made, seeding, path } = await seeded('harmless')
    await read(seeding, 0)
    utimesSync(path, 1, 1)
    assert.deepEqual(await read(seeding, 1), slice(made, 1))
    rmSync(path)
    assert.deepEqual(await read(seeding, 2), slice(made, 2))
    writeFileSync(path, made.bytes)
    assert.deepEqual(await read(seeding, 3), slice(made, 3))
    await seeding.close()
  })

  it('cost only the pieces of the file that changed', async () => {
    const { made, seeding } = await seeded('many', {
      'tree/a': 3 * pieceBytes,
      'tree/b': 3 * pieceBytes + 10,
      'tree/c': 10,
    })
    await read(seeding, 0)
    overwrite(join(made.source, 'tree/b'), 0)
    assert.deepEqual(await read(seeding, 0), slice(made, 0))
    await assert.rejects(read(seeding, 3), isLost(3))
    assert.deepEqual(await read(seeding, 4), slice(made, 4))
    await seeding.close()
  })

  it('are found changed after a fetch, too', async () => {
    const made = await artifact('fetched')
    const target = await open(made)
    await store(target, made, all)
    await target.finish()
    assert.deepEqual(await read(target, 4), slice(made, 4))
    overwrite(join(made.directory, 'f'), 3 * pieceBytes)
    await assert.rejects(read(target, 3), isLost(3))
    await target.close()
    const again = await open(made)
    assert.equal(again.found.count, pieceCount - 1)
    await again.close()
  })
})

describe('the hash thread', () => {
  const long = 256 * 1024
  const expected = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest()

  it('tells good from bad, and gives the bytes back', async () => {
    const pieces = [1, 2, 3, 4].map((fill) => new Uint8Array(long).fill(fill))
    const jobs = pieces.map((bytes, index) => ({ bytes, expected: expected(pieces[index === 2 ? 0 : index]!) }))
    const answers = await Promise.all(jobs.map((job) => hashInThread(job)))
    assert.deepEqual(
      answers.map(({ isGood, bytes }) => [isGood, bytes[0], bytes.length]),
      [
        [true, 1, long],
        [true, 2, long],
        [false, 3, long],
        [true, 4, long],
      ],
    )
  })

  it('is worth it for much in a short time alone', () => {
    assert.ok(!isWorthThread(16 * 1024))
    for (let megabytes = 0; megabytes < 256; megabytes++) isWorthThread(1024 * 1024)
    assert.ok(isWorthThread(1024 * 1024))
    assert.ok(!isWorthThread(16 * 1024))
  })

  it('verifies a file as well', async () => {
    const source = join(scratch.path, 'long')
    mkdirSync(source)
    writeFileSync(join(source, 'f'), Buffer.alloc(80 * 1024 * 1024, 'rookery'))
    const metainfo = parseMetainfo(await torrentOf(join(source, 'f'), [], long))
    overwrite(join(source, 'f'), 300 * long)
    const target = await open({ metainfo, directory: source })
    assert.equal(target.found.count, 319)
    assert.ok(!target.found.has(300))
    await target.close()
  })
})
