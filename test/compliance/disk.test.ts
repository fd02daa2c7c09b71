import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { treeDigest } from '../support/tree-digest.ts'
import { type ComplianceFixture, forEachEngine, metainfoIn, pieceBytes } from './fixture.ts'

const totalBytes = 60 * pieceBytes + 100
const headPieces = 30

forEachEngine('what is on the disk', (fixture) => {
  it('has a part name until it is complete, and nothing else is left then', async () => {
    const content = await fixture.content({ f: totalBytes })
    const metainfo = metainfoIn(content)
    const head = await fixture.seedHead(metainfo, content.path, headPieces * pieceBytes)
    const out = fixture.place('part-name')
    const transfer = (await fixture.swarm()).add({ metainfo, directory: out })
    transfer.addPeers([head])
    await eventually('the head is there', () => transfer.progress().piecesDone === headPieces)
    assert.ok(readdirSync(out).every((name) => name.startsWith('f.rookery-')))
    transfer.addPeers([await fixture.seed(metainfo, content.directory)])
    await transfer.completed
    assert.deepEqual(treeDigest(out), treeDigest(content.directory))
  })

  it('is gone on with after a stop, and after a new start of the whole swarm', async () => {
    const { metainfo, content, out } = await stoppedHalfWay(fixture, 'resume')
    const transfer = await fixture.fetch(await fixture.seed(metainfo, content.directory), metainfo, out)
    const { bytesReused, bytesFromPeers, bytesWasted } = transfer.progress()
    assert.equal(bytesReused, headPieces * pieceBytes)
    assert.equal(bytesFromPeers - bytesWasted, totalBytes - headPieces * pieceBytes)
    assert.deepEqual(treeDigest(out), treeDigest(content.directory))
  })

  it('is believed after a crash only as far as it verifies', async () => {
    const { metainfo, content, out } = await stoppedHalfWay(fixture, 'corrupted')
    // Without its last entry the journal is that of a killed process; the disk lost a piece that it claims.
    truncateSync(join(out, 'f.rookery-pieces'), statSync(join(out, 'f.rookery-pieces')).size - 4)
    const part = readFileSync(join(out, 'f.rookery-part'))
    writeFileSync(join(out, 'f.rookery-part'), part.fill(0, 7 * pieceBytes, 7 * pieceBytes + 100))
    const transfer = await fixture.fetch(await fixture.seed(metainfo, content.directory), metainfo, out)
    assert.equal(transfer.progress().bytesReused, (headPieces - 1) * pieceBytes)
    assert.deepEqual(treeDigest(out), treeDigest(content.directory))
  })

  it('is used when it stands under the final name already, whole or in parts', async () => {
    const content = await fixture.content({ f: totalBytes })
    const metainfo = metainfoIn(content)
    const whole = fixture.place('whole')
    cpSync(content.path, join(whole, 'f'))
    const { bytesReused } = await (await fixture.swarm()).add({ metainfo, directory: whole }).completed
    assert.equal(bytesReused, totalBytes)

    const damaged = readFileSync(content.path)
    damaged[500_000]! ^= 1
    const parts = fixture.place('parts')
    writeFileSync(join(parts, 'f'), Buffer.concat([damaged, Buffer.from('and more')]))
    const transfer = await fixture.fetch(await fixture.seed(metainfo, content.directory), metainfo, parts)
    assert.equal(transfer.progress().bytesReused, totalBytes - pieceBytes)
    assert.deepEqual(treeDigest(parts), treeDigest(content.directory))
  })

  it('is not seeded read-only when a byte is wrong or a file is missing, and not touched', async () => {
    const content = await fixture.content({ 'tree/a': 100_000, 'tree/b': 100_000 })
    const metainfo = metainfoIn(content)
    const swarm = await fixture.swarm()
    const bytes = readFileSync(join(content.path, 'a'))
    bytes[0]! ^= 1
    writeFileSync(join(content.path, 'a'), bytes)
    const before = treeDigest(content.directory)
    const damaged = swarm.add({ metainfo, directory: content.directory, isReadOnly: true })
    await assert.rejects(damaged.completed, { code: 'FETCH_FAILED', message: /6 of 7 pieces verify/ })
    assert.equal(damaged.progress().state, 'failed')
    assert.deepEqual(treeDigest(content.directory), before)
    const absent = swarm.add({ metainfo, directory: fixture.place('absent'), isReadOnly: true })
    await assert.rejects(absent.completed, { code: 'FETCH_FAILED', message: /0 of 7 pieces verify/ })
    assert.deepEqual(readdirSync(fixture.place('absent')), [])
  })

  it('fails a fetch with a code when the directory cannot be written', async () => {
    const content = await fixture.content({ f: 50_000 })
    writeFileSync(join(fixture.place('blocked'), 'file'), '')
    const directory = join(fixture.place('blocked'), 'file')
    const transfer = (await fixture.swarm()).add({ metainfo: metainfoIn(content), directory })
    await assert.rejects(transfer.completed, { code: 'FETCH_FAILED' })
    assert.equal(transfer.progress().state, 'failed')
  })

  it('fails a fetch with DISK_FULL when it is full, and is gone on with once there is room', async (test) => {
    const disk = fixture.place('full')
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status !== 0)
      return test.skip('mounting a tmpfs needs root')
    test.after(() => spawnSync('umount', ['-l', disk]))
    const content = await fixture.content({ f: totalBytes })
    const metainfo = metainfoIn(content)
    const swarm = await fixture.swarm()
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 * 1024 * 1024))
    await assert.rejects(swarm.add({ metainfo, directory: disk }).completed, {
      code: 'DISK_FULL',
      message: /f needs 1966180 more bytes in .*full, only \d+ are free/,
    })
    assert.deepEqual(readdirSync(disk), ['ballast'])

    // Room at the start, and none in the middle.
    rmSync(join(disk, 'ballast'))
    const failing = swarm.add({ metainfo, directory: disk })
    failing.addPeers([await fixture.seedHead(metainfo, content.path, headPieces * pieceBytes)])
    await eventually('the head is there', () => failing.progress().piecesDone === headPieces)
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(1792 * 1024))
    const address = await fixture.seed(metainfo, content.directory)
    failing.addPeers([address])
    await assert.rejects(failing.completed, { code: 'DISK_FULL' })
    assert.ok(!existsSync(join(disk, 'f')))

    rmSync(join(disk, 'ballast'))
    const transfer = swarm.add({ metainfo, directory: disk })
    transfer.addPeers([address])
    const { bytesReused } = await transfer.completed
    assert.ok(bytesReused >= headPieces * pieceBytes)
    assert.deepEqual(readFileSync(join(disk, 'f')), readFileSync(content.path))
    await swarm.stop()
  })

  it('is deleted by remove, while fetching and when complete', async () => {
    const content = await fixture.content({ 'tree/a': 100_000, 'tree/b': 5 })
    const metainfo = metainfoIn(content)
    const out = fixture.place('removed')
    const swarm = await fixture.swarm()
    const fetching = swarm.add({ metainfo, directory: out })
    await eventually('the part', () => readdirSync(out).includes('tree.rookery-part'))
    await fetching.remove()
    assert.deepEqual(readdirSync(out), [])

    const complete = swarm.add({ metainfo, directory: out })
    complete.addPeers([await fixture.seed(metainfo, content.directory)])
    await complete.completed
    await complete.remove()
    assert.deepEqual(readdirSync(out), [])
  })
})

/** A fetch that got the head of a file and was stopped in order. */
async function stoppedHalfWay(fixture: ComplianceFixture, name: string) {
  const content = await fixture.content({ f: totalBytes })
  const metainfo = metainfoIn(content)
  const out = fixture.place(name)
  const swarm = await fixture.swarm()
  const transfer = swarm.add({ metainfo, directory: out })
  transfer.addPeers([await fixture.seedHead(metainfo, content.path, headPieces * pieceBytes)])
  await eventually('the head is there', () => transfer.progress().piecesDone === headPieces)
  await transfer.stop()
  await assert.rejects(transfer.completed, { code: 'FETCH_FAILED' })
  await swarm.stop()
  return { metainfo, content, out }
}
