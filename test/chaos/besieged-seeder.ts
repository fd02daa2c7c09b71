import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../runtime/clock.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { systemRandom } from '../../runtime/random.ts'
import { agentPeerIdPrefix, type Metainfo, parseMetainfo, SwarmSession } from '../../swarm/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Target } from '../support/hostile-peer.ts'
import { RookeryProcess } from '../support/process.ts'
import { SwarmAuthority, type TestTls, tlsOf } from '../support/swarm-authority.ts'
import { scratchDirectory, writeTree } from '../support/swarm-fixture.ts'
import { treeDifferences, treeDigest } from '../support/tree-digest.ts'

export const transports = ['plain', 'tls'] as const
export type Transport = (typeof transports)[number]

/** Addresses of peers that mean harm; the good one has 127.0.0.1. */
export const hostileAddresses = Array.from({ length: 6 }, (_, index) => `127.0.0.${index + 2}`)

/** `rookery seed` as a process of its own, that is attacked while good peers fetch from it. */
export class BesiegedSeeder {
  readonly #scratch: ReturnType<typeof scratchDirectory>
  readonly #process: RookeryProcess
  readonly metainfo: Metainfo
  readonly port: number
  readonly authority: SwarmAuthority | undefined
  #places = 0

  private constructor(
    scratch: ReturnType<typeof scratchDirectory>,
    child: RookeryProcess,
    port: number,
    authority: SwarmAuthority | undefined,
  ) {
    this.#scratch = scratch
    this.#process = child
    this.port = port
    this.authority = authority
    this.metainfo = parseMetainfo(readFileSync(join(scratch.path, 'app.torrent')))
  }

  static async start(transport: Transport): Promise<BesiegedSeeder> {
    const scratch = scratchDirectory('siege')
    writeTree(join(scratch.path, 'source'), { app: 8_000_000 })
    const authority = transport === 'tls' ? await SwarmAuthority.create() : undefined
    const file = (name: string, text: string) => {
      writeFileSync(join(scratch.path, name), text)
      return join(scratch.path, name)
    }
    const certificateArgs = []
    if (authority) {
      const { key, certificate } = await authority.issue({ name: 'seeder' })
      certificateArgs.push('--certificate', file('certificate.pem', certificate), '--key', file('key.pem', key))
      certificateArgs.push('--authority', file('authority.pem', authority.certificate))
    }
    const child = new RookeryProcess([
      ...['seed', join(scratch.path, 'source/app'), '--torrent', join(scratch.path, 'app.torrent')],
      ...['--piece-length', '32768', '--host', '127.0.0.1', '--json', ...certificateArgs],
    ])
    await eventually('it seeds', () => child.stdout.includes('"seeding"'))
    const { port } = JSON.parse(child.stdout.split('\n', 1)[0]!) as { port: number }
    return new BesiegedSeeder(scratch, child, port, authority)
  }

  /** How a peer reaches it, with a certificate that counts where one is needed. */
  async target(name: string, from = hostileAddresses[0]!): Promise<Target> {
    return { port: this.port, infoHash: this.metainfo.infoHash, from, tls: await this.tls(name) }
  }

  async tls(name: string): Promise<TestTls | undefined> {
    return this.authority && tlsOf(this.authority, name)
  }

  /** A good peer fetches everything. @throws {Error} when it does not get on. */
  async fetch(): Promise<void> {
    const name = `good-${++this.#places}`
    const session = new SwarmSession(
      { listen: { host: '127.0.0.1', port: 0 }, peerIdPrefix: agentPeerIdPrefix, tls: await this.tls(name) },
      { clock: systemClock, random: systemRandom, logger: silentLogger() },
    )
    await session.start()
    try {
      const directory = join(this.#scratch.path, name)
      const transfer = session.add({ metainfo: this.metainfo, directory })
      transfer.addPeers([`127.0.0.1:${this.port}`])
      await eventually(`${name} has all`, () => transfer.progress().state === 'seeding')
      const differences = treeDifferences(treeDigest(join(this.#scratch.path, 'source')), treeDigest(directory))
      if (differences.length > 0) throw new Error(differences.join('; '))
    } finally {
      await session.stop()
    }
  }

  get isAlive(): boolean {
    return this.#process.running
  }

  /** Resident memory, in MiB. */
  get memoryMiB(): number {
    const status = readFileSync(`/proc/${this.#process.child.pid}/status`, 'latin1')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024
  }

  get openSockets(): number {
    const directory = `/proc/${this.#process.child.pid}/fd`
    return readdirSync(directory).filter((fd) => {
      try {
        return readlinkSync(join(directory, fd)).startsWith('socket:')
      } catch {
        return false
      }
    }).length
  }

  async stop(): Promise<void> {
    await this.#process.kill('SIGTERM')
    this.#scratch.remove()
  }
}
