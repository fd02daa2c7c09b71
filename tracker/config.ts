import { type Static, Type } from 'typebox'
import { logLevels } from '../runtime/logger.ts'
import { CoordinatorLink, IdentityConfig } from '../trust/service-identity.ts'

const strict = { additionalProperties: false } as const
const Port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: fallback, description })

/** The tracker's configuration; docs/configuration.md is generated from it. */
export const TrackerConfig = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description: 'Address of the control API, health and metrics. Beyond loopback only with an identity.',
        }),
        port: Port(7071, 'TCP port of the control API.'),
      },
      { ...strict, default: {} },
    ),
    coordinator: CoordinatorLink,
    identity: IdentityConfig,
    announce: Type.Object(
      {
        host: Type.String({ default: '127.0.0.1', description: 'Address peers announce to.' }),
        httpPort: Port(
          6969,
          'TCP port of HTTP announces (BEP 3); with an identity HTTPS, for certificates of the fleet.',
        ),
        udpPort: Port(6969, 'UDP port of UDP announces (BEP 15), which tell nobody apart: not with an identity.'),
        plain: Type.Boolean({
          default: false,
          description:
            'With an identity: announces without TLS all the same, for standard BitTorrent clients and swarms with `transport: plain`. Whoever knows an info hash learns of the peers.',
        }),
      },
      { ...strict, default: {} },
    ),
    announceIntervalMs: Type.Integer({
      minimum: 1_000,
      maximum: 3_600_000,
      default: 30_000,
      description: 'How often, in ms, peers are asked to announce. Short, since a deploy is over in seconds.',
    }),
    maxPeersPerAnnounce: Type.Integer({
      minimum: 1,
      maximum: 200,
      default: 40,
      description:
        'Most peers handed out at once: 40 random neighbours are enough for a well-connected swarm of thousands.',
    }),
    maxPeersPerSwarm: Type.Integer({
      minimum: 10,
      maximum: 1_000_000,
      default: 20_000,
      description: 'Most peers remembered of one swarm; the longest silent goes first.',
    }),
    dataDirectory: Type.String({
      minLength: 1,
      examples: ['/var/lib/rookery-tracker'],
      description: 'Holds the admitted info hashes.',
    }),
    logLevel: Type.Enum([...logLevels], { default: 'info', description: 'Least level that is logged.' }),
  },
  strict,
)
export type TrackerConfig = Static<typeof TrackerConfig>
