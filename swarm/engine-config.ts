import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false } as const
const Switch = (description: string) => Type.Boolean({ default: false, description })

export const engineNames = ['rookery', 'webtorrent'] as const

/** Field of `swarm` in the configuration of a service that may have certificates. */
export const transportField = Type.Enum(['tls', 'plain'], {
  default: 'tls',
  description:
    'With an identity, `tls` lets nobody in but peers with a certificate of the fleet, and nobody else can listen. `plain` is for standard BitTorrent clients and for measuring.',
})

/** Fields of `swarm` in a service's configuration that choose the engine; spread into its schema. */
export const engineConfigFields = {
  engine: Type.Enum([...engineNames], {
    default: 'rookery',
    description:
      'Who exchanges the pieces: `rookery`, made for a fleet of one owner, or `webtorrent`, for networks that need uTP, DHT or NAT traversal. They talk to each other.',
  }),
  webtorrent: Type.Object(
    {
      utp: Switch('Speak uTP (BEP 29) beside TCP, on the same port number, on every address.'),
      dht: Switch('Find peers by the DHT (BEP 5) as well; never of a private torrent.'),
      dhtBootstrap: Type.Array(Type.String({ pattern: ':[0-9]+$' }), {
        default: [],
        description: 'Nodes (`host:port`) that the DHT is entered by; the public ones when there are none.',
      }),
      natTraversal: Switch('Ask the router by UPnP and NAT-PMP to let peers in.'),
      peerExchange: Switch('Learn of peers from peers (BEP 11) as well; never of a private torrent.'),
    },
    { ...strict, default: {}, description: 'Looked at with `engine: webtorrent` only.' },
  ),
}

export type EngineConfig = Static<ReturnType<typeof Type.Object<typeof engineConfigFields>>>
/** What the webtorrent engine may do beyond TCP and trackers. */
export type NetworkConfig = EngineConfig['webtorrent']
