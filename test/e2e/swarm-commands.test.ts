import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { silentLogger } from '../../runtime/logger.ts'
import { parseMetainfo } from '../../swarm/index.ts'
import { AnnounceServer } from '../../tracker/announce-server.ts'
import { eventually } from '../support/eventually.ts'
import { RookeryProcess, rookery } from '../support/process.ts'
import { scratchDirectory, startSession, torrentOf, writeTree } from '../support/swarm-fixture.ts'

const scratch = scratchDirectory('commands')
const announces: string[] = []
const tracker = new AnnounceServer(
  { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 1_000, maxPeersPerAnnounce: 50, maxPeersPerSwarm: 100 },
  {
    isAdmitted: () => true,
    onAnnounce: (_, event) => announces.push(event),
    onRefused: () => {},
    logger: silentLogger(),
  },
)
const running: RookeryProcess[] = []
before(() => tracker.start())
after(async () => {
  await Promise.all(running.map((process) => process.kill()))
  await tracker.stop()
  scratch.remove()
})

interface Event {
  readonly event: string
  readonly [field: string]: unknown
}

function start(...args: string[]): RookeryProcess {
  const process = new RookeryProcess([...args, '--json'])
  running.push(process)
  return process
}

function events(process: RookeryProcess): Event[] {
  return process.stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Event] : []))
}

function event(process: RookeryProcess, name: string): Promise<Event> {
  return eventually(`the event ${name}`, () => {
    if (!process.running && !process.stdout.includes(name)) throw new Error(process.stderr)
    return events(process).find((candidate) => candidate.event === name)
  })
}

const trackerUrl = () => `http://127.0.0.1:${tracker.httpPort}/announce`

function place(name: string): string {
  const path = join(scratch.path, name)
  mkdirSync(path, { recursive: true })
  return path
}

describe('rookery seed and rookery fetch', () => {
  it('make a torrent, seed it, fetch it, and say goodbye to the tracker', async () => {
    writeTree(place('plain'), { 'tree/a': 500_000, 'tree/b/c': 70_000 })
    const path = join(scratch.path, 'plain/tree')
    const seed = start('seed', path, '--host', '127.0.0.1', '--tracker', trackerUrl())
    const seeding = await event(seed, 'seeding')
    assert.equal(seeding.torrent, `${path}.torrent`)
    assert.equal(seeding.bytes, 570_000)
    const torrent = readFileSync(`${path}.torrent`)
    assert.equal(parseMetainfo(torrent).infoHash, seeding.infoHash)
    assert.ok((seeding.port as number) > 0)

    const fetch = start('fetch', `${path}.torrent`, '-o', place('plain-out'), '--host', '127.0.0.1')
    const { code, stderr } = await fetch.ended()
    assert.equal(code, 0, stderr)
    const done = await event(fetch, 'done')
    assert.equal(done.bytes, 570_000)
    assert.equal(done.bytesDown, 570_000)
    assert.equal(typeof done.bytesUp, 'number')
    assert.equal(typeof done.seconds, 'number')
    assert.deepEqual(readFileSync(join(scratch.path, 'plain-out/tree/b/c')), readFileSync(join(path, 'b/c')))
    await eventually('the fetch has said that it stopped', () => announces.includes('stop'))
    assert.ok(announces.includes('complete'))

    announces.length = 0
    await seed.kill('SIGINT')
    assert.equal(seed.child.exitCode, 0)
    assert.equal((await event(seed, 'stopped')).bytesUp, 570_000)
    assert.ok(announces.includes('stop'))
  })

  it('a fetch that is killed goes on later with what it had', async () => {
    writeTree(place('killed'), { f: 2_000_000 })
    const path = join(scratch.path, 'killed/f')
    writeFileSync(`${path}.torrent`, await torrentOf(path, [trackerUrl()]))
    // A peer that holds the first half alone, so that the fetch stops there.
    writeFileSync(join(place('killed-half'), 'f'), readFileSync(path).fill(0, 1_000_000))
    const half = await startSession()
    half.add({ metainfo: parseMetainfo(readFileSync(`${path}.torrent`)), directory: place('killed-half') })
    const args = ['fetch', `${path}.torrent`, '-o', place('killed-out'), '--host', '127.0.0.1']
    const first = start(...args)
    const held = 30 * 32_768
    await eventually('half is there', () => events(first).some(({ bytesDone }) => bytesDone === held))
    await first.kill('SIGKILL')
    await half.stop()

    const seed = start('seed', path, '--host', '127.0.0.1')
    await event(seed, 'seeding')
    const second = start(...args)
    assert.equal((await second.ended()).code, 0)
    const done = await event(second, 'done')
    assert.equal(done.bytesReused, held)
    assert.equal(done.bytesDown, 2_000_000 - held)
    assert.deepEqual(readFileSync(join(scratch.path, 'killed-out/f')), readFileSync(path))
    await seed.kill('SIGTERM')
  })

  it('Ctrl-C ends a fetch in order, and --seed goes on seeding', async () => {
    writeTree(place('seed'), { f: 100_000 })
    const path = join(scratch.path, 'seed/f')
    writeFileSync(`${path}.torrent`, await torrentOf(path, [trackerUrl()]))
    const lonely = start('fetch', `${path}.torrent`, '-o', place('seed-1'), '--host', '127.0.0.1')
    await event(lonely, 'fetching')
    await lonely.kill('SIGINT')
    assert.equal(lonely.child.exitCode, 130)
    assert.match(lonely.stderr, /goes on with it/)

    writeFileSync(join(place('seed-2'), 'f'), readFileSync(path))
    const seeding = start('fetch', `${path}.torrent`, '-o', place('seed-2'), '--host', '127.0.0.1', '--seed')
    await event(seeding, 'done')
    const other = start('fetch', `${path}.torrent`, '-o', place('seed-3'), '--host', '127.0.0.1')
    assert.equal((await other.ended()).code, 0)
    await seeding.kill('SIGINT')
    assert.equal(seeding.child.exitCode, 0)
  })

  it('bad input gives a clear error and exit code 2', async () => {
    writeTree(place('bad'), { f: 100_000, 'not-a.torrent': 50 })
    const path = join(scratch.path, 'bad/f')
    writeFileSync(`${path}.torrent`, await torrentOf(path))
    writeTree(place('bad'), { f: 100_000 }, 2)
    const cases: [string[], number, RegExp][] = [
      [['fetch', join(scratch.path, 'bad/not-a.torrent'), '-o', scratch.path], 2, /TORRENT_INVALID/],
      [['fetch', join(scratch.path, 'nowhere.torrent'), '-o', scratch.path], 2, /FILE_UNREADABLE/],
      [['fetch', `${path}.torrent`], 2, /--output/],
      [['seed', join(scratch.path, 'nowhere')], 2, /FILE_UNREADABLE/],
      [['seed', path], 1, /0 of 4 pieces verify.*FETCH_FAILED/],
      [['seed', path, '--port', '70000'], 2, /USAGE/],
      [['seed', path, '--piece-length', '1000'], 2, /USAGE/],
      [['seed', `${path}.torrent`, '--host', '127.0.0.1', '--port', String(tracker.httpPort)], 2, /PORT_IN_USE/],
    ]
    for (const [args, code, text] of cases) {
      const outcome = await rookery(args)
      assert.equal(outcome.code, code, `${args.join(' ')}: ${outcome.stderr}`)
      assert.match(outcome.stderr, text)
      assert.doesNotMatch(outcome.stderr, /\n {4}at /)
    }
  })
})
