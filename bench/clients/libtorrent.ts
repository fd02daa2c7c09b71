import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type BenchClient, jsonEvents, type PeerSetting } from './client.ts'

/** The system's: Debian's python3-libtorrent is a module of no other Python. */
const python = '/usr/bin/python3'
const script = join(import.meta.dirname, 'libtorrent-peer.py')

/**
 * In a shaped net uTP, libtorrent's own first choice, gets its artifact round a fifth sooner than TCP alone. Between two peers on
 * loopback it takes up to a minute for what TCP does in a second.
 */
const transport = ({ peer }: PeerSetting) => (peer ? 'tcp' : 'utp')

const run = (setting: PeerSetting, announces: string) => {
  const { torrent, directory, port, peer } = setting
  const args = [script, torrent, directory, String(port), announces, transport(setting)]
  return { command: python, args: peer ? [...args, peer] : args }
}

export const libtorrent: BenchClient = {
  name: 'libtorrent',
  version: () =>
    execFileSync(python, ['-c', 'import libtorrent; print(libtorrent.__version__)'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim(),
  seed: (setting) => run(setting, 'seeding'),
  fetch: (setting) => run(setting, 'done'),
  ...jsonEvents,
}
