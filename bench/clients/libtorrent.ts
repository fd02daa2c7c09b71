import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type BenchClient, jsonEvents, type PeerSetting } from './client.ts'

/** The system's: Debian's python3-libtorrent is a module of no other Python. */
const python = '/usr/bin/python3'
const script = join(import.meta.dirname, 'libtorrent-peer.py')

const run = ({ torrent, directory, port, peer }: PeerSetting, announces: string) => ({
  command: python,
  args: [script, torrent, directory, String(port), announces, ...(peer ? [peer] : [])],
})

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
