import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { silentLogger } from '../../runtime/logger.ts'
import { parseMetainfo, type SwarmSession } from '../../swarm/index.ts'
import { AnnounceServer } from '../../tracker/announce-server.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import {
  aria2Fetch,
  aria2Seed,
  libtorrentSeeder,
  missing,
  type OtherProgram,
  openTracker,
} from '../support/other-clients.ts'
import { scratchDirectory, startSession, torrentOf, writeTree } from '../support/swarm-fixture.ts'
import { treeDigest } from '../support/tree-digest.ts'

const scratch = scratchDirectory('interop')
const programs: OtherProgram[] = []
const sessions: SwarmSession[] = []
const tracker = new AnnounceServer(
  { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 1_000, maxPeersPerAnnounce: 50, maxPeersPerSwarm: 100 },
  { isAdmitted: () => true, onAnnounce: () => {}, onRefused: () => {}, logger: silentLogger() },
)

before(() => tracker.start())
after(async () => {
  await Promise.all(programs.map((program) => program.end()))
  await Promise.all(sessions.map((session) => session.stop()))
  await tracker.stop()
  scratch.remove()
})

const trees = {
  'a single file': { 'app.tar': 5_000_000 },
  'many files': { 'app/bin/run': 700_000, 'app/a': 1, 'app/empty': 0, 'app/lib/big': 3_000_000 },
}
type Shape = keyof typeof trees

/** Content on disk with its torrent; each call has its own bytes and so its own info hash. */
let contents = 0
async function content(shape: Shape, announce: string[]) {
  const number = ++contents
  const directory = join(scratch.path, `content-${number}`)
  writeTree(directory, trees[shape], number)
  const torrent = await torrentOf(join(directory, shape === 'a single file' ? 'app.tar' : 'app'), announce)
  const torrentPath = join(scratch.path, `${number}.torrent`)
  writeFileSync(torrentPath, torrent)
  return { directory, metainfo: parseMetainfo(torrent), torrentPath, out: newDirectory(`out-${number}`) }
}

function newDirectory(name: string): string {
  const path = join(scratch.path, name)
  mkdirSync(path, { recursive: true })
  return path
}

function keep<T extends OtherProgram>(program: T): T {
  programs.push(program)
  return program
}

async function port(): Promise<number> {
  return (await freePorts(1))[0]!
}

async function fetchWithOurs({ metainfo, out }: Awaited<ReturnType<typeof content>>): Promise<void> {
  const session = await startSession()
  sessions.push(session)
  await session.add({ metainfo, directory: out }).completed
}

function assertSame({ directory, out }: Awaited<ReturnType<typeof content>>): void {
  assert.deepEqual(treeDigest(out), treeDigest(directory))
}

describe('other clients', { concurrency: 4 }, () => {
  for (const protocol of ['http', 'udp'] as const) {
    for (const shape of Object.keys(trees) as Shape[]) {
      it(`aria2c fetches ${shape} from us through our tracker over ${protocol}`, {
        skip: missing('aria2c'),
      }, async () => {
        const url =
          protocol === 'http' ? `http://127.0.0.1:${tracker.httpPort}/announce` : `udp://127.0.0.1:${tracker.udpPort}`
        const made = await content(shape, [url])
        const session = await startSession()
        sessions.push(session)
        await session.add({ metainfo: made.metainfo, directory: made.directory, isReadOnly: true }).completed
        await eventually('we are announced', () => tracker.counts(made.metainfo.infoHash).seeders === 1)
        const udpPort = protocol === 'udp' ? await port() : undefined
        await keep(aria2Fetch(made.torrentPath, made.out, await port(), udpPort)).succeeds()
        assertSame(made)
      })
    }
  }

  for (const shape of Object.keys(trees) as Shape[]) {
    it(`we fetch ${shape} from aria2c through opentracker`, {
      skip: missing('aria2c') || missing('opentracker'),
    }, async () => {
      const trackerPort = await port()
      const made = await content(shape, [`http://127.0.0.1:${trackerPort}/announce`])
      keep(await openTracker(newDirectory(`opentracker-${trackerPort}`), trackerPort, [made.metainfo.infoHash]))
      keep(aria2Seed(made.torrentPath, made.directory, await port()))
      await fetchWithOurs(made)
      assertSame(made)
    })

    it(`we fetch ${shape} from libtorrent through opentracker over UDP`, {
      skip: missing('libtorrent') || missing('opentracker'),
    }, async () => {
      const trackerPort = await port()
      const made = await content(shape, [`udp://127.0.0.1:${trackerPort}/announce`])
      keep(await openTracker(newDirectory(`opentracker-${trackerPort}`), trackerPort, [made.metainfo.infoHash]))
      keep(libtorrentSeeder(made.torrentPath, made.directory, await port()))
      await fetchWithOurs(made)
      assertSame(made)
    })

    it(`we fetch ${shape} from aria2c through our tracker`, { skip: missing('aria2c') }, async () => {
      const made = await content(shape, [`http://127.0.0.1:${tracker.httpPort}/announce`])
      keep(aria2Seed(made.torrentPath, made.directory, await port()))
      await fetchWithOurs(made)
      assertSame(made)
    })
  }
})
