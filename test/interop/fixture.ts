import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '../../runtime/logger.ts'
import { parseMetainfo, type SwarmSession, type Transfer } from '../../swarm/index.ts'
import { AnnounceServer } from '../../tracker/announce-server.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-ports.ts'
import { type ClientName, type OtherProgram, otherClients } from '../support/other-clients.ts'
import { scratchDirectory, startSession, torrentOf, writeTree } from '../support/swarm-fixture.ts'
import { treeDifferences, treeDigest } from '../support/tree-digest.ts'

export const shapes = {
  'a single file': { 'app.tar': 5_000_000 },
  'many files': { 'app/bin/run': 700_000, 'app/a': 1, 'app/empty': 0, 'app/lib/big': 3_000_000 },
}

export type Content = Awaited<ReturnType<InteropFixture['content']>>

/** Contents, our peers, those of others and a tracker of ours, all on loopback. */
export class InteropFixture {
  readonly #scratch = scratchDirectory('interop')
  readonly #programs: OtherProgram[] = []
  readonly #sessions: SwarmSession[] = []
  readonly tracker = new AnnounceServer(
    { host: '127.0.0.1', httpPort: 0, udpPort: 0, intervalMs: 1_000, maxPeersPerAnnounce: 50, maxPeersPerSwarm: 100 },
    { isAdmitted: () => true, onAnnounce: () => {}, onRefused: () => {}, logger: silentLogger() },
  )
  #names = 0

  get trackerUrls() {
    const { httpPort, udpPort } = this.tracker
    return { http: `http://127.0.0.1:${httpPort}/announce`, udp: `udp://127.0.0.1:${udpPort}/announce` }
  }

  /** Content on disk with its torrent; each call has its own bytes and so its own info hash. */
  async content(lengths: Readonly<Record<string, number>>, announce: string[]) {
    const directory = this.place('content')
    writeTree(directory, lengths, this.#names)
    const torrent = await torrentOf(join(directory, Object.keys(lengths)[0]!.split('/')[0]!), announce)
    const torrentPath = `${directory}.torrent`
    writeFileSync(torrentPath, torrent)
    return { directory, metainfo: parseMetainfo(torrent), torrentPath }
  }

  place(name: string): string {
    const path = join(this.#scratch.path, `${name}-${++this.#names}`)
    mkdirSync(path, { recursive: true })
    return path
  }

  keep<T extends OtherProgram>(program: T): T {
    this.#programs.push(program)
    return program
  }

  async port(): Promise<number> {
    return (await freePorts(1))[0]!
  }

  /** Another client with that content; it fetches what its directory lacks. */
  async other(name: ClientName, { torrentPath }: Content, directory: string, udpPort?: number): Promise<OtherProgram> {
    const options = { torrent: torrentPath, directory, port: await this.port(), state: this.place('state'), udpPort }
    return this.keep(otherClients[name](options))
  }

  async ours({ metainfo }: Content, directory: string): Promise<Transfer> {
    const session = await startSession()
    this.#sessions.push(session)
    return session.add({ metainfo, directory })
  }

  /** Resolves when a directory holds what the torrent says; empty files are left out by some. */
  async same({ directory, metainfo }: Content, out: string, who: string, program?: OtherProgram): Promise<void> {
    const expected = treeDigest(directory, (path) => path.endsWith('empty'))
    const isNoMatter = (path: string) => path.endsWith('empty') || path.endsWith('.aria2')
    const isSame = () => {
      const differences = treeDifferences(expected, treeDigest(out, isNoMatter))
      if (differences.length === 0) return true
      throw new Error(`${differences.join('; ')}\n${program?.output.slice(-2_000) ?? ''}`)
    }
    await eventually(`${who} has ${metainfo.name}`, isSame, 90_000)
  }

  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()))
    await Promise.all(this.#sessions.map((session) => session.stop()))
    await this.tracker.stop()
    this.#scratch.remove()
  }
}
