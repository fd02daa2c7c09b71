import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import {
  type Metainfo,
  parseMetainfo,
  type SwarmSession,
  seederPeerIdPrefix,
  type Transfer,
} from '../../../swarm/index.ts'
import { eventually } from '../../support/eventually.ts'
import {
  createSession,
  metainfoOf,
  scratchDirectory,
  startSession,
  torrentOf,
  withInfo,
  writeTree,
} from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('session')
const sessions: SwarmSession[] = []
after(async () => {
  await Promise.all(sessions.map((session) => session.stop()))
  scratch.remove()
})

async function session(prefix?: string): Promise<SwarmSession> {
  const started = await startSession(prefix)
  sessions.push(started)
  return started
}

function place(name: string): string {
  const path = join(scratch.path, name)
  mkdirSync(path, { recursive: true })
  return path
}

async function seed(metainfo: Metainfo, directory: string, prefix?: string) {
  const seeder = await session(prefix)
  const transfer = seeder.add({ metainfo, directory, isReadOnly: true })
  await transfer.completed
  return { seeder, transfer, address: `127.0.0.1:${seeder.port}` }
}

async function fetchFrom(address: string, metainfo: Metainfo, directory: string): Promise<Transfer> {
  const transfer = (await session()).add({ metainfo, directory })
  transfer.addPeers([address])
  await transfer.completed
  return transfer
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

describe('sessions on real sockets', () => {
  it('fetches a single file from a seeder and tells the seeder’s bytes apart', async () => {
    writeTree(place('single'), { 'app.tar': 3_000_001 })
    const metainfo = await metainfoOf(join(scratch.path, 'single/app.tar'))
    const { address, transfer: source } = await seed(metainfo, place('single'), seederPeerIdPrefix)
    const transfer = await fetchFrom(address, metainfo, place('single-out'))
    assert.equal(digest(join(scratch.path, 'single-out/app.tar')), digest(join(scratch.path, 'single/app.tar')))
    const progress = transfer.progress()
    assert.equal(progress.bytesFromSeeder, 3_000_001)
    assert.equal(progress.bytesFromPeers, 0)
    assert.equal(progress.state, 'seeding')
    assert.equal(source.progress().bytesUploaded, 3_000_001)
    assert.deepEqual(readdirSync(join(scratch.path, 'single-out')), ['app.tar'])
  })

  it('fetches a directory with empty, hidden and executable files and padding', async () => {
    const lengths = { 'bin/run': 40_000, 'a/.hidden': 5, 'a/b/c': 100_000, 'a/empty': 0, z: 1 }
    writeTree(join(place('multi'), 'tree'), lengths)
    const torrent = withInfo(await torrentOf(join(scratch.path, 'multi/tree')), (info) => ({
      ...info,
      files: (info.files as { path: Uint8Array[] }[]).map((file) =>
        Buffer.from(file.path.at(-1)!).toString() === 'run' ? { ...file, attr: 'x' } : file,
      ),
    }))
    const metainfo = parseMetainfo(torrent)
    const { address } = await seed(metainfo, place('multi'))
    await fetchFrom(address, metainfo, place('multi-out'))
    for (const path of Object.keys(lengths))
      assert.equal(digest(join(scratch.path, 'multi-out/tree', path)), digest(join(scratch.path, 'multi/tree', path)))
    assert.ok(statSync(join(scratch.path, 'multi-out/tree/bin/run')).mode & 0o100)
    assert.deepEqual(readdirSync(join(scratch.path, 'multi-out')), ['tree'])
  })

  it('a chain of peers passes pieces on', async () => {
    writeTree(place('chain'), { f: 2_000_000 })
    const metainfo = await metainfoOf(join(scratch.path, 'chain/f'))
    const { seeder, address } = await seed(metainfo, place('chain'))
    const [middle, last] = [await session(), await session()]
    const first = middle.add({ metainfo, directory: place('chain-1') })
    const second = last.add({ metainfo, directory: place('chain-2') })
    second.addPeers([`127.0.0.1:${middle.port}`])
    first.addPeers([address])
    await Promise.all([first.completed, second.completed])
    assert.equal(second.progress().bytesFromPeers, 2_000_000)
    assert.ok(first.progress().bytesUploaded >= 2_000_000)
    await seeder.stop()
  })

  /** A fetch from a peer that holds the first half alone, stopped when it has all of that. */
  async function halfFetched(name: string) {
    writeTree(place(name), { f: 2_000_000 })
    const source = join(scratch.path, name, 'f')
    const metainfo = await metainfoOf(source)
    const half = readFileSync(source).fill(0, 1_000_000)
    writeFileSync(join(place(`${name}-half`), 'f'), half)
    const holder = await session()
    holder.add({ metainfo, directory: place(`${name}-half`) })
    const out = place(`${name}-out`)
    const cut = (await session()).add({ metainfo, directory: out })
    cut.addPeers([`127.0.0.1:${holder.port}`])
    await eventually('half of the pieces', () => cut.progress().bytesDone === 30 * 32_768)
    await cut.stop()
    await assert.rejects(cut.completed, { code: 'FETCH_FAILED' })
    assert.ok(!existsSync(join(out, 'f')), 'an incomplete file bears its final name')
    const { address } = await seed(metainfo, place(name))
    return { metainfo, address, out, source }
  }

  it('a stopped fetch goes on where it was', async () => {
    const { metainfo, address, out, source } = await halfFetched('resume')
    const { bytesReused, bytesFromPeers } = (await fetchFrom(address, metainfo, out)).progress()
    assert.equal(bytesReused, 30 * 32_768)
    assert.equal(bytesFromPeers, 2_000_000 - 30 * 32_768)
    assert.equal(digest(join(out, 'f')), digest(source))
  })

  it('after a crash it believes no piece that it has not hashed again', async () => {
    const { metainfo, address, out, source } = await halfFetched('crash')
    // Without its last entry the journal is that of a killed process; the disk lost a piece that it claims.
    const journal = join(out, 'f.rookery-pieces')
    truncateSync(journal, statSync(journal).size - 4)
    const part = readFileSync(join(out, 'f.rookery-part'))
    writeFileSync(join(out, 'f.rookery-part'), part.fill(0, 7 * 32_768, 7 * 32_768 + 100))

    const { bytesReused } = (await fetchFrom(address, metainfo, out)).progress()
    assert.equal(bytesReused, 29 * 32_768)
    assert.equal(digest(join(out, 'f')), digest(source))
  })

  it('uses a file that is there already, whole or in parts', async () => {
    writeTree(place('reuse'), { f: 1_000_000 })
    const metainfo = await metainfoOf(join(scratch.path, 'reuse/f'))
    const { address } = await seed(metainfo, place('reuse'))
    cpSync(join(scratch.path, 'reuse/f'), join(place('reuse-whole'), 'f'))
    const whole = await fetchFrom(address, metainfo, place('reuse-whole'))
    assert.equal(whole.progress().bytesReused, 1_000_000)

    const damaged = readFileSync(join(scratch.path, 'reuse/f'))
    damaged[500_000]! ^= 1
    writeFileSync(join(place('reuse-part'), 'f'), Buffer.concat([damaged, Buffer.from('and more')]))
    const part = await fetchFrom(address, metainfo, place('reuse-part'))
    assert.equal(part.progress().bytesReused, 1_000_000 - 32_768)
    assert.equal(digest(join(scratch.path, 'reuse-part/f')), digest(join(scratch.path, 'reuse/f')))
  })

  it('seeds nothing that does not match, and removes what it is told to', async () => {
    writeTree(place('wrong'), { f: 200_000 })
    const metainfo = await metainfoOf(join(scratch.path, 'wrong/f'))
    const damaged = readFileSync(join(scratch.path, 'wrong/f'))
    damaged[0]! ^= 1
    writeFileSync(join(scratch.path, 'wrong/f'), damaged)
    const transfer = (await session()).add({ metainfo, directory: place('wrong'), isReadOnly: true })
    await assert.rejects(transfer.completed, { code: 'FETCH_FAILED', message: /6 of 7 pieces verify/ })
    assert.equal(transfer.progress().state, 'failed')

    const fetching = (await session()).add({ metainfo, directory: place('removed') })
    await eventually('the part file', () => existsSync(join(scratch.path, 'removed/f.rookery-part')))
    await fetching.remove()
    assert.deepEqual(readdirSync(join(scratch.path, 'removed')), [])
  })

  it('a directory that cannot be written fails the fetch with a code', async () => {
    writeTree(place('blocked'), { f: 50_000 })
    const metainfo = await metainfoOf(join(scratch.path, 'blocked/f'))
    writeFileSync(join(place('blocked-out'), 'file'), '')
    const transfer = (await session()).add({ metainfo, directory: join(scratch.path, 'blocked-out/file') })
    await assert.rejects(transfer.completed, { code: 'FETCH_FAILED' })
  })

  it('survives strangers who talk nonsense, and says which port is taken', async () => {
    const host = await session()
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x13BitTorrent protocol', '\0'.repeat(100), '']) {
      const socket = connect(host.port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.end(text)
      await once(socket, 'close')
    }
    const second = createSession(host.port)
    await assert.rejects(second.start(), { code: 'PORT_IN_USE' })
  })
})
