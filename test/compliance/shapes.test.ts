import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { seederPeerIdPrefix } from '../../swarm/index.ts'
import { treeDigest } from '../support/tree-digest.ts'
import { forEachEngine, metainfoIn, pieceBytes } from './fixture.ts'

const shapes = {
  'a single file': { f: 40 * pieceBytes },
  'a single file with an odd last piece': { f: 40 * pieceBytes + 1 },
  'a file of less than a block': { f: 5 },
  'a file of one piece': { f: pieceBytes },
  'a directory': { 'tree/bin/run': 70_000, 'tree/a/b/c': 100_000, 'tree/a/.hidden': 5, 'tree/z': 1 },
  'a directory of one file': { 'tree/only': 100_000 },
  'empty files at the start, between pieces and at the end': {
    'tree/a-empty': 0,
    'tree/b': pieceBytes,
    'tree/c-empty': 0,
    'tree/d': 2 * pieceBytes,
    'tree/z-empty': 0,
  },
  'many files in a piece': Object.fromEntries(Array.from({ length: 300 }, (_, number) => [`tree/${number}`, number])),
} as const

forEachEngine('every shape of a torrent', (fixture) => {
  for (const [shape, lengths] of Object.entries(shapes)) {
    it(`fetches ${shape}`, async () => {
      const content = await fixture.content(lengths)
      const metainfo = metainfoIn(content)
      const out = fixture.place(`out-of-${metainfo.infoHash}`)
      const address = await fixture.seed(metainfo, content.directory)
      const transfer = await fixture.fetch(address, metainfo, out)
      assert.deepEqual(treeDigest(out), treeDigest(content.directory))
      const progress = transfer.progress()
      assert.equal(progress.state, 'seeding')
      assert.equal(progress.bytesDone, metainfo.totalBytes)
      assert.equal(progress.piecesDone, metainfo.pieceCount)
      assert.equal(progress.bytesFromPeers - progress.bytesWasted, metainfo.totalBytes)
      assert.equal(progress.bytesReused, 0)
    })
  }

  it('fetches many small pieces', async () => {
    const content = await fixture.content({ f: 3_000 * 1_024 + 100 }, 1_024)
    const metainfo = metainfoIn(content)
    const out = fixture.place('small-pieces')
    await fixture.fetch(await fixture.seed(metainfo, content.directory), metainfo, out)
    assert.deepEqual(treeDigest(out), treeDigest(content.directory))
  })

  it('leaves padding off the disk (BEP 47)', async () => {
    const content = fixture.paddedContent({ a: 40_000, b: 3 * pieceBytes, c: 1 })
    const metainfo = metainfoIn(content)
    assert.equal(metainfo.files.filter((file) => file.isPadding).length, 2)
    const out = fixture.place('padding')
    const transfer = await fixture.fetch(await fixture.seed(metainfo, content.directory), metainfo, out)
    assert.deepEqual(treeDigest(out), treeDigest(content.directory))
    assert.ok(!existsSync(join(out, 'padded/.pad')))
    assert.equal(transfer.progress().bytesDone, metainfo.totalBytes)
  })

  it('tells the seeder’s bytes from the fleet’s, and counts what it gives', async () => {
    const content = await fixture.content({ f: 300_000 })
    const metainfo = metainfoIn(content)
    const seeder = await fixture.swarm({ peerIdPrefix: seederPeerIdPrefix })
    const seeding = seeder.add({ metainfo, directory: content.directory, isReadOnly: true })
    await seeding.completed
    const transfer = await fixture.fetch(`127.0.0.1:${seeder.port}`, metainfo, fixture.place('seeders-bytes'))
    const { bytesFromSeeder, bytesFromPeers } = transfer.progress()
    assert.deepEqual([bytesFromSeeder, bytesFromPeers], [300_000, 0])
    assert.equal(seeding.progress().bytesUploaded, 300_000)
  })

  for (const direction of ['to', 'from'] as const) {
    it(`goes ${direction} the other engine`, async () => {
      const content = await fixture.content({ 'tree/a': 500_000, 'tree/b': 1_000_001 })
      const metainfo = metainfoIn(content)
      const out = fixture.place(`other-${direction}`)
      const [seeding, fetching] =
        direction === 'to' ? [fixture.engine, fixture.otherEngine] : [fixture.otherEngine, fixture.engine]
      const address = await fixture.seed(metainfo, content.directory, { engine: seeding })
      const transfer = (await fixture.swarm({ engine: fetching })).add({ metainfo, directory: out })
      transfer.addPeers([address])
      await transfer.completed
      assert.deepEqual(treeDigest(out), treeDigest(content.directory))
    })
  }
})
