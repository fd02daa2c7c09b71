import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { silentLogger } from '../../../runtime/logger.ts'
import { ManualClock } from '../../../runtime/manual-clock.ts'
import { systemRandom } from '../../../runtime/random.ts'
import { Artifacts } from '../../../seeder/artifacts.ts'
import { parseMetainfo, type SwarmSession, seederPeerIdPrefix } from '../../../swarm/index.ts'
import { eventually } from '../../support/eventually.ts'
import { freePorts } from '../../support/free-ports.ts'
import { RookeryProcess, rookery } from '../../support/process.ts'
import { scratchDirectory, startSession, torrentOf, writeTree } from '../../support/swarm-fixture.ts'

const scratch = scratchDirectory('seeder')
const clock = new ManualClock()
const open: { stop(): Promise<void> }[] = []
const totalBytes = 1_000_000
let torrent: Uint8Array
let infoHash: string
let source: Source

/** Serves one file with ranges, and breaks off or refuses when told to. */
class Source {
  readonly server: Server
  content: Buffer
  breakAfterBytes: number | undefined
  status: number | undefined
  readonly ranges: (string | undefined)[] = []
  readonly tokens: (string | undefined)[] = []

  constructor(content: Buffer) {
    this.content = content
    this.server = createServer((request, response) => {
      this.ranges.push(request.headers.range)
      this.tokens.push(request.headers.authorization)
      if (this.status !== undefined) return void response.writeHead(this.status).end()
      const { range } = request.headers
      const [, first = 0, last] = /bytes=(\d+)-(\d+)?/.exec(range ?? '') ?? []
      const start = Number(first)
      const body = this.content.subarray(start, last === undefined ? undefined : Number(last) + 1)
      const contentRange = `bytes ${start}-${start + body.length - 1}/${this.content.length}`
      response.writeHead(range ? 206 : 200, {
        'content-length': body.length,
        ...(range ? { 'content-range': contentRange } : {}),
      })
      const limit = this.breakAfterBytes
      this.breakAfterBytes = undefined
      if (limit === undefined) response.end(body)
      else response.write(body.subarray(0, limit), () => response.destroy())
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/artifact`
  }
}

before(async () => {
  writeTree(scratch.path, { 'app.tar': totalBytes })
  torrent = await torrentOf(join(scratch.path, 'app.tar'))
  infoHash = parseMetainfo(torrent).infoHash
  source = new Source(readFileSync(join(scratch.path, 'app.tar')))
  source.server.listen(0, '127.0.0.1')
  await once(source.server, 'listening')
})
beforeEach(() => {
  source.content = readFileSync(join(scratch.path, 'app.tar'))
  source.status = undefined
  source.ranges.length = 0
})
after(async () => {
  for (const part of open.reverse()) await part.stop()
  source.server.close()
  source.server.closeAllConnections()
  scratch.remove()
})

const ownMark = 'as the seeder'
/** In place of one that shows a certificate. */
const ownFetch: typeof fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...init?.headers, authorization: ownMark } })

async function seeder(name: string): Promise<{ artifacts: Artifacts; swarm: SwarmSession; directory: string }> {
  const directory = join(scratch.path, name)
  mkdirSync(directory, { recursive: true })
  const swarm = await startSession(seederPeerIdPrefix)
  const artifacts = new Artifacts(
    { dataDirectory: directory, fetch: ownFetch },
    { swarm, clock, random: systemRandom, logger: silentLogger() },
  )
  await artifacts.start()
  open.push(swarm, artifacts)
  return { artifacts, swarm, directory }
}

/** Waits for a state; time passes, so that retries come. */
async function state(artifacts: Artifacts, wanted: string) {
  return eventually(`an artifact that is ${wanted}`, () => {
    clock.advance(1_000)
    const [artifact] = artifacts.list()
    return artifact?.state === wanted && artifact
  })
}

describe('artifacts of a seeder', () => {
  it('are downloaded with the fetch that was given, verified and seeded', async () => {
    const { artifacts, swarm } = await seeder('good')
    const { state: first } = await artifacts.put(infoHash, torrent, source.url)
    assert.equal(first, 'fetching')
    const seeding = await state(artifacts, 'seeding')
    assert.equal(seeding.bytes, totalBytes)
    assert.equal(seeding.name, 'app.tar')
    assert.equal(source.tokens.at(-1), ownMark)

    const peer = await startSession()
    open.push(peer)
    const transfer = peer.add({ metainfo: parseMetainfo(torrent), directory: join(scratch.path, 'good-out') })
    transfer.addPeers([`127.0.0.1:${swarm.port}`])
    assert.equal((await transfer.completed).bytesFromSeeder, totalBytes)
    assert.equal(artifacts.list()[0]!.bytesUploaded, totalBytes)
  })

  it('are taken once, however often they are handed over', async () => {
    const { artifacts } = await seeder('twice')
    await artifacts.put(infoHash, torrent, source.url)
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
    const again = await artifacts.put(infoHash, torrent, source.url)
    assert.equal(again.state, 'seeding')
    assert.equal(artifacts.list().length, 1)
    assert.equal(source.ranges.length, 1)
  })

  it('are taken once when a rollout and a sweep hand them over at once', async () => {
    const { artifacts } = await seeder('at-once')
    await Promise.all([1, 2, 3].map(() => artifacts.put(infoHash, torrent, source.url)))
    await state(artifacts, 'seeding')
    assert.equal(source.ranges.length, 1)
  })

  it('a download that breaks off goes on where it was', async () => {
    const { artifacts } = await seeder('broken-off')
    source.breakAfterBytes = 300_000
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
    assert.equal(source.ranges.length, 2)
    assert.match(source.ranges[1]!, /^bytes=[1-9]\d*-$/)
  })

  it('what the torrent does not mean is refused and not seeded', async () => {
    const { artifacts, directory } = await seeder('wrong')
    source.content = Buffer.from(source.content)
    source.content[123_456]! ^= 1
    await artifacts.put(infoHash, torrent, source.url)
    const { failure } = await state(artifacts, 'failed')
    assert.equal(failure?.code, 'RELEASE_CORRUPT')
    assert.ok(!existsSync(join(directory, 'artifacts', infoHash, 'content/app.tar')))

    source.content = readFileSync(join(scratch.path, 'app.tar'))
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
  })

  it('a source that refuses makes it fail with the reason', async () => {
    const { artifacts } = await seeder('refused')
    source.status = 401
    await artifacts.put(infoHash, torrent, source.url)
    const { failure } = await state(artifacts, 'failed')
    assert.equal(failure?.code, 'FETCH_FAILED')
    assert.match(failure!.message, /HTTP 401/)
  })

  it('are seeded again after a restart, and fetched again when the disk lost them', async () => {
    const first = await seeder('restart')
    await first.artifacts.put(infoHash, torrent, source.url)
    await state(first.artifacts, 'seeding')
    await first.artifacts.stop()
    await first.swarm.stop()

    const second = await seeder('restart')
    await state(second.artifacts, 'seeding')
    assert.equal(source.ranges.length, 1)
    await second.artifacts.stop()
    await second.swarm.stop()

    const path = join(second.directory, 'artifacts', infoHash, 'content/app.tar')
    writeFileSync(path, readFileSync(path).fill(0, 5, 10))
    const third = await seeder('restart')
    await state(third.artifacts, 'seeding')
    assert.equal(source.ranges.length, 2)
    assert.deepEqual(readFileSync(path), source.content)
  })

  it('that are changed on the disk are told of, repaired from the swarm, and seeded again', async () => {
    const { artifacts, swarm, directory } = await seeder('changed')
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
    const [peer, last] = [await startSession(), await startSession()]
    open.push(peer, last)
    const metainfo = parseMetainfo(torrent)
    const held = peer.add({ metainfo, directory: scratch.path, isReadOnly: true })
    await held.completed
    source.status = 503

    const path = join(directory, 'artifacts', infoHash, 'content/app.tar')
    writeFileSync(path, readFileSync(path).fill(0, 500_000, 500_100))
    const transfer = last.add({ metainfo, directory: join(scratch.path, 'changed-last') })
    transfer.addPeers([`127.0.0.1:${swarm.port}`])
    const lost = await eventually('it is told', () => artifacts.list().find(({ state }) => state === 'fetching'))
    assert.equal(lost.failure?.code, 'FETCH_FAILED')
    assert.match(lost.failure!.message, /was changed on the disk/)
    await eventually('it is seeded again', () => {
      clock.advance(1_000)
      held.addPeers([`127.0.0.1:${swarm.port}`])
      return artifacts.list()[0]!.state === 'seeding'
    })
    assert.equal(artifacts.list()[0]!.failure, null)
    assert.deepEqual(readFileSync(path), source.content)
    transfer.addPeers([`127.0.0.1:${swarm.port}`])
    await transfer.completed
    assert.equal(transfer.progress().bytesWasted, 0)
  })

  it('that are changed while nobody else has them are repaired from the source', async () => {
    const { artifacts, swarm, directory } = await seeder('changed-alone')
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
    const path = join(directory, 'artifacts', infoHash, 'content/app.tar')
    writeFileSync(path, source.content.subarray(0, 500_000))
    const last = await startSession()
    open.push(last)
    const transfer = last.add({ metainfo: parseMetainfo(torrent), directory: join(scratch.path, 'alone-last') })
    transfer.addPeers([`127.0.0.1:${swarm.port}`])
    await eventually('it is noticed', () => artifacts.list()[0]!.state === 'fetching')
    await state(artifacts, 'seeding')
    assert.deepEqual(readFileSync(path), source.content)
    assert.match(source.ranges.at(-1)!, /^bytes=[1-9]\d*-\d+$/)
    assert.equal(source.tokens.at(-1), ownMark)
  })

  it('are gone when they are removed', async () => {
    const { artifacts, directory } = await seeder('removed')
    await artifacts.put(infoHash, torrent, source.url)
    await state(artifacts, 'seeding')
    await artifacts.remove(infoHash)
    assert.deepEqual(artifacts.list(), [])
    assert.ok(!existsSync(join(directory, 'artifacts', infoHash)))
    await assert.rejects(artifacts.remove(infoHash), { code: 'NOT_FOUND' })
  })

  it('a torrent of another artifact or of many files is refused', async () => {
    const { artifacts } = await seeder('other')
    await assert.rejects(artifacts.put('ab'.repeat(20), torrent, source.url), { code: 'REQUEST_INVALID' })
    await assert.rejects(artifacts.put(infoHash, Buffer.from('nonsense'), source.url), { code: 'TORRENT_INVALID' })
    writeTree(join(scratch.path, 'many'), { a: 10, b: 20 })
    const many = await torrentOf(join(scratch.path, 'many'))
    await assert.rejects(artifacts.put(parseMetainfo(many).infoHash, many, source.url), { code: 'REQUEST_INVALID' })
  })
})

describe('rookery seeder', () => {
  it('runs as a process: control API, metrics, and the end in order', async () => {
    const [port, swarmPort] = await freePorts(2)
    const settings = [
      `listen.port=${port}`,
      `swarm.port=${swarmPort}`,
      `dataDirectory=${join(scratch.path, 'process')}`,
    ]
    const process = new RookeryProcess(['seeder', ...settings.flatMap((setting) => ['--set', setting])])
    const url = `http://127.0.0.1:${port}`
    try {
      await eventually('the seeder is ready', async () => (await fetch(`${url}/readyz`)).ok)
      const body = JSON.stringify({ torrent: Buffer.from(torrent).toString('base64'), source: { url: source.url } })
      const headers = { 'content-type': 'application/json' }
      const put = await fetch(`${url}/v1/artifacts/${infoHash}`, { method: 'PUT', headers, body })
      assert.equal(put.status, 202)
      await eventually('the artifact is seeded', async () => {
        const [artifact] = (await (await fetch(`${url}/v1/artifacts`)).json()) as { state: string }[]
        return artifact?.state === 'seeding'
      })
      assert.match(await (await fetch(`${url}/metrics`)).text(), /rookery_seeder_artifacts\{state="seeding"\} 1/)
      const bad = await fetch(`${url}/v1/artifacts/nonsense`, { method: 'PUT', headers, body })
      assert.equal(bad.status, 400)
      assert.equal(((await bad.json()) as { code: string }).code, 'REQUEST_INVALID')

      const limits = { uploadMbitPerSecond: 80 }
      const capped = await fetch(`${url}/v1/limits`, { method: 'PUT', headers, body: JSON.stringify(limits) })
      assert.deepEqual(((await capped.json()) as { ordered: object }).ordered, limits)
      const negative = JSON.stringify({ uploadMbitPerSecond: -1 })
      assert.equal((await fetch(`${url}/v1/limits`, { method: 'PUT', headers, body: negative })).status, 400)

      const second = await rookery(['seeder', ...settings.flatMap((setting) => ['--set', setting])])
      assert.equal(second.code, 3)
      assert.match(second.stderr, /DATA_DIR_LOCKED/)
    } finally {
      await process.kill('SIGTERM')
    }
    assert.equal(process.child.exitCode, 0)
    const next = new RookeryProcess(['seeder', ...settings.flatMap((setting) => ['--set', setting])])
    try {
      await eventually('the next seeder is ready', async () => (await fetch(`${url}/readyz`)).ok)
      const { current } = (await (await fetch(`${url}/v1/limits`)).json()) as {
        current: { uploadMbitPerSecond: number }
      }
      assert.equal(current.uploadMbitPerSecond, 80)
    } finally {
      await next.kill('SIGTERM')
    }
  })
})
