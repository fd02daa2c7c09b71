import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Child } from '../../bench/harness/child.ts'
import { isTrackerReady, trackerCommand } from '../../bench/harness/tracker.ts'
import { parseMetainfo } from '../../swarm/index.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { Network } from '../support/network.ts'
import { RookeryProcess } from '../support/process.ts'
import { scratchDirectory, torrentOf } from '../support/swarm-fixture.ts'
import { treeDigest } from '../support/tree-digest.ts'

const fetchers = 6
const pieceBytes = 256 * 1024

interface Done {
  readonly event: string
  readonly bytesReused: number
}

/** A seeder and six `rookery fetch --seed` with a tracker, each a process of its own. */
class Flock {
  readonly seeder: RookeryProcess
  readonly fetches: RookeryProcess[]
  readonly #place: (host: number) => string
  readonly #pieceCount: number
  readonly #start: (host: number) => RookeryProcess

  constructor(source: string, network?: Network) {
    const torrent = `${source}.torrent`
    this.#pieceCount = parseMetainfo(readFileSync(torrent)).pieceCount
    this.#place = (host) => join(source, `../out-${host}`)
    const options = (host: number) =>
      network
        ? { namespace: network.namespace(host), args: ['--host', network.address(host)] }
        : { args: ['--host', '127.0.0.1'] }
    const start = (host: number, ...command: string[]) => {
      const { args, ...where } = options(host)
      return new RookeryProcess([...command, ...args, '--json'], where)
    }
    this.#start = (host) => start(host, 'fetch', torrent, '-o', this.#place(host), '--seed')
    this.seeder = start(0, 'seed', source)
    this.fetches = Array.from({ length: fetchers }, (_, index) => this.#start(index + 1))
  }

  /** Pieces on the disk of a fetch, from 1. */
  pieces(host: number): number {
    if (existsSync(join(this.#place(host), 'f'))) return this.#pieceCount
    const journal = statSync(join(this.#place(host), 'f.rookery-pieces'), { throwIfNoEntry: false })
    return journal ? Math.floor((journal.size - 24) / 4) : 0
  }

  begun(host: number): Promise<boolean> {
    return eventually(
      `fetch ${host} has a fifth`,
      () => this.#isRunning(host) && this.pieces(host) * 5 >= this.#pieceCount,
    )
  }

  /** What it prints when it is done. */
  done(host: number): Promise<Done> {
    return eventually(`fetch ${host} is done`, () => this.#isRunning(host) && this.#doneOf(host), 60_000)
  }

  /** Somebody has the whole, so that nobody depends on the seeder any more. */
  oneDone(): Promise<boolean> {
    return eventually('one is done', () => this.fetches.some((_, index) => this.#doneOf(index + 1) !== undefined))
  }

  async killAndRestart(host: number): Promise<void> {
    await this.fetches[host - 1]!.kill()
    this.fetches[host - 1] = this.#start(host)
  }

  pause(host: number): void {
    this.fetches[host - 1]!.child.kill('SIGSTOP')
  }

  resume(host: number): void {
    this.fetches[host - 1]!.child.kill('SIGCONT')
  }

  async allDone(digest: Map<string, string>): Promise<void> {
    for (let host = 1; host <= fetchers; host++) {
      await this.done(host)
      assert.deepEqual(treeDigest(this.#place(host)), digest, `what fetch ${host} has`)
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.seeder, ...this.fetches].map((process) => process.kill()))
  }

  #doneOf(host: number): Done | undefined {
    const line = this.fetches[host - 1]!.stdout.split('\n').find((text) => text.includes('"done"'))
    return line === undefined ? undefined : (JSON.parse(line) as Done)
  }

  #isRunning(host: number): boolean {
    const process = this.fetches[host - 1]!
    if (!process.running) throw new Error(`fetch ${host} ended: ${process.stderr}`)
    return true
  }
}

/** The artifact with its torrent, its digest, and the tracker that the torrent names, in a namespace or outside. */
async function setUp(directory: string, bytes: number, host: string, namespace?: string) {
  mkdirSync(join(directory, 'source'), { recursive: true })
  const source = join(directory, 'source/f')
  // Never twice the same piece, and sooner than from a random generator.
  writeFileSync(source, createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(bytes)))
  const digest = treeDigest(join(directory, 'source'))
  const [port, controlPort] = (await freePorts(2)) as [number, number]
  writeFileSync(`${source}.torrent`, await torrentOf(source, [`http://${host}:${port}/announce`], pieceBytes))
  const { infoHash } = parseMetainfo(readFileSync(`${source}.torrent`))
  const { command, args } = await trackerCommand({ directory, host, port, controlPort, infoHash })
  const prefix = namespace ? ['ip', 'netns', 'exec', namespace] : []
  const [first, ...rest] = [...prefix, command, ...args]
  const tracker = new Child('tracker', { command: first!, args: rest })
  await tracker.printed(isTrackerReady, AbortSignal.timeout(20_000))
  return { source, digest, tracker }
}

const scratch = scratchDirectory('chaos')
after(() => scratch.remove())

describe('a swarm of processes', () => {
  it('fetches all when one is killed, one stands still, and then the seeder does', async (test) => {
    const { source, digest, tracker } = await setUp(join(scratch.path, 'loopback'), 128 * 2 ** 20, '127.0.0.1')
    test.after(() => tracker.kill())
    const flock = new Flock(source)
    test.after(() => flock.end())
    await flock.begun(1)
    await flock.killAndRestart(1)
    await flock.begun(2)
    flock.pause(2)
    await flock.oneDone()
    flock.seeder.child.kill('SIGSTOP')
    flock.resume(2)
    await flock.allDone(digest)
    assert.ok((await flock.done(1)).bytesReused > 0, 'what the killed one had was lost')
  })
})

describe('a swarm in a network', { skip: Network.whyNot() }, () => {
  const network = new Network(`rk${process.pid % 1000}`)
  before(() => network.setUp(fetchers + 1, 100))
  after(() => network.remove())

  it('fetches all when cables are pulled and plugged in again', async (test) => {
    const at = [network.address(0), network.namespace(0)] as const
    const { source, digest, tracker } = await setUp(join(scratch.path, 'network'), 40 * 2 ** 20, ...at)
    test.after(() => tracker.kill())
    const flock = new Flock(source, network)
    test.after(() => flock.end())
    await flock.begun(1)
    network.setInterface(1, 'down')
    await flock.begun(2)
    network.setCable(2, false)
    // The seeder, too, with its tracker, when the others can do without.
    await flock.oneDone()
    network.setCable(0, false)
    network.setInterface(1, 'up')
    network.setCable(2, true)
    await flock.allDone(digest)
  })
})
