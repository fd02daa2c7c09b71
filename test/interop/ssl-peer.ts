import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing, OtherProgram } from '../support/other-clients.ts'
import type { Certified } from '../support/swarm-authority.ts'

const python = '/usr/bin/python3'

/** RFC 7919, ffdhe2048: libtorrent reads a file of parameters, and uses it in TLS 1.2 alone. */
const dhParameters = `-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
`

/** Why libtorrent's SSL torrents cannot be met here, or false when they can. */
export function missingSsl(): string | false {
  const reason = missing('libtorrent')
  if (reason) return reason
  const script = `
import libtorrent, sys, time
session = libtorrent.session({'listen_interfaces': '127.0.0.1:0s', 'alert_mask': libtorrent.alert.category_t.all_categories})
for _ in range(50):
  if any('SSL/TCP' in alert.message() for alert in session.pop_alerts() if alert.what() == 'listen_succeeded'): sys.exit(0)
  time.sleep(0.1)
sys.exit(1)
`
  return spawnSync(python, ['-c', script]).status === 0 ? false : 'libtorrent is built without SSL'
}

const script = `
import libtorrent, sys, time
torrent, directory, port, certificate, key, parameters, peer = sys.argv[1:]
session = libtorrent.session({'listen_interfaces': '127.0.0.1:' + port + 's', 'enable_dht': False, 'enable_lsd': False,
  'enable_upnp': False, 'enable_natpmp': False, 'enable_outgoing_utp': False, 'enable_incoming_utp': False,
  'allow_multiple_connections_per_ip': True, 'alert_mask': libtorrent.alert.category_t.all_categories})
handle = session.add_torrent({'ti': libtorrent.torrent_info(torrent), 'save_path': directory})
handle.set_ssl_certificate(certificate, key, parameters)
if peer:
  host, peer_port = peer.split(':')
  handle.connect_peer((host, int(peer_port)))
while True:
  for alert in session.pop_alerts():
    if alert.what() in ('peer_error', 'peer_disconnected', 'torrent_error', 'torrent_need_cert', 'peer_connect', 'incoming_connection', 'tracker_error', 'listen_failed'):
      print(alert.what(), alert.message(), flush=True)
  time.sleep(0.2)
`

interface SslPeerOptions {
  readonly torrent: string
  /** What is there is checked and seeded, what is missing is fetched. */
  readonly directory: string
  readonly port: number
  readonly certified: Certified
  /** Its own files go here. */
  readonly state: string
  /** Whom to dial, `host:port`; by itself it asks the tracker. */
  readonly peer?: string
}

/** libtorrent as a peer of an SSL torrent. */
export function libtorrentOverSsl({ torrent, directory, port, certified, state, peer }: SslPeerOptions): OtherProgram {
  const write = (name: string, text: string) => {
    const path = join(state, name)
    writeFileSync(path, text)
    return path
  }
  const files = [
    write('certificate.pem', certified.certificate),
    write('key.pem', certified.key),
    write('parameters.pem', dhParameters),
  ]
  return new OtherProgram(python, ['-c', script, torrent, directory, String(port), ...files, peer ?? ''], directory)
}
