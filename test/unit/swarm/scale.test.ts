import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, openSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import bencode from 'bencode'
import { Bitfield } from '../../../swarm/engine/bitfield.ts'
import { parseMetainfo } from '../../../swarm/index.ts'
import { ChunkCache } from '../../../swarm/storage/chunk-cache.ts'
import { Destination } from '../../../swarm/storage/destination.ts'
import { FileSet } from '../../../swarm/storage/file-set.ts'
import { PieceJournal } from '../../../swarm/storage/piece-journal.ts'
import { PieceStore } from '../../../swarm/storage/piece-store.ts'
import { eventually } from '../../support/eventually.ts'
import { scratchDirectory, startSession } from '../../support/swarm-fixture.ts'

const pieceCount = 100_000
const pieceBytes = 1024 * 1024
const totalBytes = pieceCount * pieceBytes

/** The order of pieces takes some 20 bytes a piece; an object for each would be past this. */
const mostBytes = 40 * pieceCount

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function bytesInUse(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Its hashes are of nothing, so that whatever is hashed is found wrong. */
const metainfo = parseMetainfo(
  bencode.encode({
    info: { name: 'huge', length: totalBytes, 'piece length': pieceBytes, pieces: Buffer.alloc(pieceCount * 20, 7) },
  }),
)

const scratch = scratchDirectory('scale')
const whole = join(scratch.path, 'whole')
const part = join(scratch.path, 'part')

/** Says why a fetch of 100 GiB cannot begin here; a tmpfs may promise more than there is, and nothing is written to it. */
function makeRoom(): string | undefined {
  const { bavail, bsize } = statfsSync(part)
  if (bavail * bsize > totalBytes) return undefined
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200g', 'tmpfs', part])
  return status === 0 ? undefined : 'needs 100 GiB free, or root to pretend that'
}

describe('a torrent of 100,000 pieces and 100 GiB', () => {
  let noRoom: string | undefined
  before(() => {
    mkdirSync(whole)
    mkdirSync(part)
    const file = openSync(join(whole, 'huge'), 'w')
    ftruncateSync(file, totalBytes)
    closeSync(file)
    noRoom = makeRoom()
  })
  after(() => {
    spawnSync('umount', ['-l', part])
    scratch.remove()
  })

  it('takes some bytes of memory a piece, seeded and fetched', async (test) => {
    const [seeder, fetcher] = [await startSession(), await startSession()]
    test.after(() => Promise.all([seeder.stop(), fetcher.stop()]))
    const atFirst = bytesInUse()
    await seeder.add({ metainfo, directory: whole, isReadOnly: true, isVerified: true }).completed
    const seeding = bytesInUse() - atFirst
    assert.ok(seeding < mostBytes, `seeding takes ${seeding} bytes`)
    if (noRoom) return test.skip(noRoom)
    const transfer = fetcher.add({ metainfo, directory: part })
    await eventually('the fetch has begun', () => transfer.progress().state === 'fetching')
    const fetching = bytesInUse() - atFirst - seeding
    assert.ok(fetching < mostBytes, `fetching takes ${fetching} bytes`)
    test.diagnostic(`seeding ${seeding >> 10} KiB, fetching ${fetching >> 10} KiB`)
  })

  it('is gone on with after a stop in order without a look at its bytes', async (test) => {
    if (noRoom) return test.skip(noRoom)
    const { journalPath, partPath } = new Destination(metainfo, part)
    const files = new FileSet(metainfo, partPath, { isWritable: true })
    await files.create()
    const half = new Bitfield(pieceCount)
    for (let piece = 0; piece < pieceCount; piece += 2) half.set(piece)
    const journal = await PieceJournal.begin(journalPath, metainfo.infoHash, half)
    await journal.endClean((await files.stamps())!)
    const atFirst = bytesInUse()
    const store = await PieceStore.open({ metainfo, directory: part }, new ChunkCache(0), new AbortController().signal)
    assert.equal(store.found.count, pieceCount / 2)
    const taken = bytesInUse() - atFirst
    assert.ok(taken < mostBytes / 10, `the store takes ${taken} bytes`)
    await store.close()
  })
})
