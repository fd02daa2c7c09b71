import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually } from './eventually.ts'

const python = '/usr/bin/python3'

/** Why a test is skipped, or false when the program is here. */
export function missing(program: 'aria2c' | 'opentracker' | 'libtorrent'): string | false {
  const [command, args] = program === 'libtorrent' ? [python, ['-c', 'import libtorrent']] : ['which', [program]]
  const isThere = spawnSync(command, args).status === 0
  return isThere ? false : `${program} is not installed`
}

/** A program of somebody else's, ended with the test. */
export class OtherProgram {
  readonly #child: ChildProcess
  readonly #name: string
  output = ''

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#name = command
    this.#child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (data) => {
        this.output += data
      })
  }

  async succeeds(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'close')
    if (this.#child.exitCode !== 0)
      throw new Error(`${this.#name} ended with ${this.#child.exitCode}:\n${this.output.slice(-2_000)}`)
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

const aria2Options = [
  '--no-conf',
  '--enable-dht6=false',
  '--bt-enable-lpd=false',
  '--enable-peer-exchange=false',
  '--file-allocation=none',
  '--summary-interval=0',
  // By itself it announces again only after two minutes.
  '--bt-tracker-interval=2',
]

/** aria2c that fetches and ends. Its UDP announces are part of its DHT, which finds nobody here. */
export function aria2Fetch(torrent: string, directory: string, port: number, udpPort?: number): OtherProgram {
  const dht =
    udpPort === undefined
      ? ['--enable-dht=false']
      : ['--enable-dht=true', `--dht-listen-port=${udpPort}`, `--dht-file-path=${directory}.dht`]
  const args = [...aria2Options, ...dht, '--seed-time=0', `--listen-port=${port}`, '-d', directory, torrent]
  return new OtherProgram('aria2c', args, directory)
}

/** aria2c that seeds what is in `directory`. */
export function aria2Seed(torrent: string, directory: string, port: number): OtherProgram {
  const seeding = [
    '--enable-dht=false',
    '--check-integrity=true',
    '--seed-ratio=0.0',
    '--bt-hash-check-seed=true',
    '--bt-seed-unverified=false',
  ]
  return new OtherProgram(
    'aria2c',
    [...aria2Options, ...seeding, `--listen-port=${port}`, '-d', directory, torrent],
    directory,
  )
}

const libtorrentSeed = `
import libtorrent, sys, time
torrent, directory, port = sys.argv[1:]
session = libtorrent.session({'listen_interfaces': '127.0.0.1:' + port, 'enable_dht': False, 'enable_lsd': False,
  'enable_upnp': False, 'enable_natpmp': False, 'allow_multiple_connections_per_ip': True})
session.add_torrent({'ti': libtorrent.torrent_info(torrent), 'save_path': directory})
while True: time.sleep(1)
`

/** libtorrent that seeds what is in `directory`. */
export function libtorrentSeeder(torrent: string, directory: string, port: number): OtherProgram {
  return new OtherProgram(python, ['-c', libtorrentSeed, torrent, directory, String(port)], directory)
}

/** opentracker for the given info hashes, HTTP and UDP on one port. */
export async function openTracker(
  directory: string,
  port: number,
  infoHashes: readonly string[],
): Promise<OtherProgram> {
  // It gives its privileges up before it reads the list.
  for (let path = directory; path.length > '/tmp'.length; path = dirname(path)) chmodSync(path, 0o755)
  writeFileSync(join(directory, 'whitelist'), `${infoHashes.join('\n')}\n`, { mode: 0o644 })
  const args = ['-i', '127.0.0.1', '-p', String(port), '-P', String(port), '-d', directory, '-w', 'whitelist']
  const tracker = new OtherProgram('opentracker', args, directory)
  await eventually('opentracker answers', async () => (await fetch(`http://127.0.0.1:${port}/stats`)).status > 0)
  return tracker
}
