import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { eventually } from './eventually.ts'

const python = '/usr/bin/python3'

/** Why a test is skipped, or false when the program is here. */
export function missing(program: ClientName | 'opentracker'): string | false {
  if (program === 'webtorrent') return false
  const [command, args] = program === 'libtorrent' ? [python, ['-c', 'import libtorrent']] : ['which', [program]]
  const isThere = spawnSync(command, args).status === 0
  return isThere ? false : `${program} is not installed`
}

/** A program of somebody else's, ended with the test. */
export class OtherProgram {
  readonly #child: ChildProcess
  output = ''

  constructor(command: string, args: readonly string[], cwd: string) {
    this.#child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (data) => {
        this.output += data
      })
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

interface PeerOptions {
  readonly torrent: string
  /** What is there is checked and seeded, what is missing is fetched. */
  readonly directory: string
  readonly port: number
  /** The program's own files go here. */
  readonly state: string
  /** The tracker speaks UDP; a free port for a client that needs one of its own for that. */
  readonly udpPort?: number
}

/** Clients of others as peers of one torrent that stay until they are ended; DHT, peer exchange and the like are off. */
export const otherClients = { 'transmission-daemon': transmission, libtorrent, aria2c, webtorrent } as const
export type ClientName = keyof typeof otherClients

/** Its UDP announces are part of its DHT, which finds nobody here. */
function aria2c({ torrent, directory, port, state, udpPort }: PeerOptions): OtherProgram {
  const dht =
    udpPort === undefined
      ? ['--enable-dht=false']
      : ['--enable-dht=true', `--dht-listen-port=${udpPort}`, `--dht-file-path=${join(state, 'dht')}`]
  const options = [
    '--no-conf',
    '--enable-dht6=false',
    '--bt-enable-lpd=false',
    '--enable-peer-exchange=false',
    '--file-allocation=none',
    '--summary-interval=0',
    // By itself it announces again only after two minutes.
    '--bt-tracker-interval=2',
    '--check-integrity=true',
    '--seed-ratio=0.0',
    '--bt-hash-check-seed=true',
  ]
  return new OtherProgram('aria2c', [...options, ...dht, `--listen-port=${port}`, '-d', directory, torrent], directory)
}

const libtorrentScript = `
import libtorrent, sys, time
torrent, directory, port = sys.argv[1:]
session = libtorrent.session({'listen_interfaces': '127.0.0.1:' + port, 'enable_dht': False, 'enable_lsd': False,
  'enable_upnp': False, 'enable_natpmp': False, 'allow_multiple_connections_per_ip': True})
session.add_torrent({'ti': libtorrent.torrent_info(torrent), 'save_path': directory})
while True: time.sleep(1)
`

function libtorrent({ torrent, directory, port }: PeerOptions): OtherProgram {
  return new OtherProgram(python, ['-c', libtorrentScript, torrent, directory, String(port)], directory)
}

/** It dials no peer on loopback, whoever names it, but lets all in; it makes up its mind every ten seconds; it leaves empty files out. */
function transmission({ torrent, directory, port, state }: PeerOptions): OtherProgram {
  const watched = join(state, 'torrents')
  mkdirSync(watched, { recursive: true })
  copyFileSync(torrent, join(watched, 'it.torrent'))
  const settings = {
    'bind-address-ipv4': '127.0.0.1',
    'bind-address-ipv6': '::1',
    'dht-enabled': false,
    'download-dir': directory,
    'lpd-enabled': false,
    'peer-port': port,
    'pex-enabled': false,
    'port-forwarding-enabled': false,
    'rpc-enabled': false,
    'watch-dir': watched,
    'watch-dir-enabled': true,
  }
  writeFileSync(join(state, 'settings.json'), JSON.stringify(settings))
  return new OtherProgram('transmission-daemon', ['--foreground', '--config-dir', state], state)
}

const webtorrentScript = `
import { readFileSync } from 'node:fs'
import WebTorrent from 'webtorrent'
const [torrent, path, port] = process.argv.slice(1)
const client = new WebTorrent({ torrentPort: Number(port), dht: false, lsd: false, utPex: false, natUpnp: false, natPmp: false })
client.add(readFileSync(torrent), { path })
`

/** As it comes: it obfuscates what it dials, and tries uTP first. */
function webtorrent({ torrent, directory, port }: PeerOptions): OtherProgram {
  const args = ['--input-type=module', '--eval', webtorrentScript, torrent, directory, String(port)]
  return new OtherProgram(process.execPath, args, import.meta.dirname)
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
