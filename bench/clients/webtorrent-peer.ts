/**
 * A webtorrent peer: torrent, directory, port, the event to tell when it has everything, [host:port to dial].
 * Everything but the tracker is off, as for every client here; the rest is webtorrent's own choice.
 */
import { readFileSync } from 'node:fs'
import WebTorrent from 'webtorrent'

const [torrentFile, directory, port, event, peer] = process.argv.slice(2) as [string, string, string, string, string?]
const client = new WebTorrent({
  torrentPort: Number(port),
  dht: false,
  lsd: false,
  utPex: false,
  utp: false,
  natUpnp: false,
  natPmp: false,
})
client.on('error', (error) => {
  console.error(error)
  process.exit(1)
})
const startedMs = performance.now()
const torrent = client.add(readFileSync(torrentFile), { path: directory })
if (peer) torrent.on('infoHash', () => torrent.addPeer(peer))
torrent.on('done', () => {
  console.log(JSON.stringify({ event, seconds: (performance.now() - startedMs) / 1000 }))
})
