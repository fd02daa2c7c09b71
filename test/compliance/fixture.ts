import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import bencode from 'bencode'
import { systemClock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { systemRandom } from '../../runtime/random.ts'
import {
  agentPeerIdPrefix,
  createSwarm,
  engineNames,
  type Metainfo,
  parseMetainfo,
  type Swarm,
  type Transfer,
} from '../../swarm/index.ts'
import { scratchDirectory, torrentOf, writeTree } from '../support/swarm-fixture.ts'

type Engine = (typeof engineNames)[number]
type SwarmOptions = Parameters<typeof createSwarm>[0]

export const pieceBytes = 32_768

/** Runs one suite of promises for each engine. */
export function forEachEngine(title: string, suite: (fixture: ComplianceFixture) => void): void {
  for (const engine of engineNames) {
    describe(`${engine}: ${title}`, () => {
      const fixture = new ComplianceFixture(engine)
      after(() => fixture.end())
      suite(fixture)
    })
  }
}

/** Contents, swarms on real sockets and directories for one engine's run of a suite. */
export class ComplianceFixture {
  readonly engine: Engine
  readonly #scratch: ReturnType<typeof scratchDirectory>
  readonly #swarms: Swarm[] = []
  #contents = 0

  constructor(engine: Engine) {
    this.engine = engine
    this.#scratch = scratchDirectory(`compliance-${engine}`)
  }

  get otherEngine(): Engine {
    return engineNames.find((name) => name !== this.engine)!
  }

  place(name: string): string {
    const path = join(this.#scratch.path, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** A file or directory named as the first part of the paths, with its torrent; its bytes are like no other's. */
  async content(lengths: Readonly<Record<string, number>>, pieceLengthBytes = pieceBytes) {
    const directory = this.place(`content-${++this.#contents}`)
    writeTree(directory, lengths, this.#contents)
    const path = join(directory, Object.keys(lengths)[0]!.split('/')[0]!)
    return { directory, path, torrent: await torrentOf(path, [], pieceLengthBytes) }
  }

  /** A directory whose files each begin at a piece's boundary (BEP 47). */
  paddedContent(lengths: Readonly<Record<string, number>>) {
    const directory = this.place(`content-${++this.#contents}`)
    writeTree(join(directory, 'padded'), lengths, this.#contents)
    const bytes: Buffer[] = []
    const files: Record<string, unknown>[] = []
    for (const [name, length] of Object.entries(lengths)) {
      const padding = (pieceBytes - (length % pieceBytes)) % pieceBytes
      bytes.push(readFileSync(join(directory, 'padded', name)), Buffer.alloc(padding))
      files.push({ length, path: [name] })
      if (padding > 0) files.push({ attr: 'p', length: padding, path: ['.pad', String(padding)] })
    }
    const info = { files, name: 'padded', 'piece length': pieceBytes, pieces: pieceHashes(Buffer.concat(bytes)) }
    return { directory, torrent: bencode.encode({ info }) }
  }

  /** A started swarm; of the engine under test when nothing else is said. */
  async swarm(options: Partial<SwarmOptions> = {}): Promise<Swarm> {
    const swarm = this.newSwarm(options)
    await swarm.start()
    this.#swarms.push(swarm)
    return swarm
  }

  newSwarm(options: Partial<SwarmOptions> = {}): Swarm {
    return createSwarm(
      { engine: this.engine, listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix, ...options },
      { clock: systemClock, random: systemRandom, logger: silentLogger() },
    )
  }

  /** A seeder of its own; returns its address. */
  async seed(metainfo: Metainfo, directory: string, options: Partial<SwarmOptions> = {}): Promise<string> {
    const swarm = await this.swarm(options)
    await swarm.add({ metainfo, directory, isReadOnly: true }).completed
    return addressOf(swarm)
  }

  /** Fetches from one peer with a swarm of its own. */
  async fetch(address: string, metainfo: Metainfo, directory: string): Promise<Transfer> {
    const transfer = (await this.swarm()).add({ metainfo, directory })
    transfer.addPeers([address])
    await transfer.completed
    return transfer
  }

  /** A peer that holds the first `bytes` of a file and nothing else. */
  async seedHead(metainfo: Metainfo, path: string, bytes: number): Promise<string> {
    const directory = this.place(`head-of-${metainfo.infoHash}`)
    writeFileSync(join(directory, metainfo.name), readFileSync(path).fill(0, bytes))
    const swarm = await this.swarm()
    swarm.add({ metainfo, directory })
    return addressOf(swarm)
  }

  async end(): Promise<void> {
    await Promise.all(this.#swarms.map((swarm) => swarm.stop()))
    this.#scratch.remove()
  }
}

export function addressOf(swarm: Swarm): string {
  return `127.0.0.1:${swarm.port}`
}

export function metainfoIn({ torrent }: { torrent: Uint8Array }): Metainfo {
  return parseMetainfo(torrent)
}

function pieceHashes(bytes: Uint8Array): Uint8Array {
  const hashes: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes)
    hashes.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + pieceBytes))
        .digest(),
    )
  return Buffer.concat(hashes)
}
