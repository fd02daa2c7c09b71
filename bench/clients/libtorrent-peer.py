"""A libtorrent peer: torrent, directory, port, the event to tell when it has everything, TCP only or with uTP, [host:port to dial].
Everything but the tracker is off, as for every client here; the rest is libtorrent's own choice."""

import json
import sys
import time

import libtorrent

torrent, directory, port, event, transport = sys.argv[1:6]
session = libtorrent.session(
    {
        "listen_interfaces": "0.0.0.0:" + port,
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": transport == "utp",
        "enable_incoming_utp": transport == "utp",
        "allow_multiple_connections_per_ip": True,
        "alert_mask": libtorrent.alert.category_t.status_notification | libtorrent.alert.category_t.error_notification,
    }
)
started = time.monotonic()
handle = session.add_torrent({"ti": libtorrent.torrent_info(torrent), "save_path": directory})
if len(sys.argv) > 6:
    host, peer_port = sys.argv[6].split(":")
    handle.connect_peer((host, int(peer_port)))
while True:
    session.wait_for_alert(60_000)
    for alert in session.pop_alerts():
        if isinstance(alert, libtorrent.torrent_finished_alert):
            print(json.dumps({"event": event, "seconds": time.monotonic() - started}, separators=(",", ":")), flush=True)
        elif alert.category() & libtorrent.alert.category_t.error_notification:
            print(alert.message(), file=sys.stderr, flush=True)
