import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BenchClient, jsonEvents, type PeerSetting } from './client.ts'

const script = fileURLToPath(import.meta.resolve('./webtorrent-peer.ts'))

const run = ({ torrent, directory, port, peer }: PeerSetting, announces: string) => ({
  command: process.execPath,
  args: [script, torrent, directory, String(port), announces, ...(peer ? [peer] : [])],
})

export const webtorrent: BenchClient = {
  name: 'webtorrent',
  version: () => {
    const manifest = new URL('package.json', import.meta.resolve('webtorrent'))
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  },
  seed: (setting) => run(setting, 'seeding'),
  fetch: (setting) => run(setting, 'done'),
  ...jsonEvents,
}
