import { type Static, Type } from 'typebox'
import { SwarmLimits } from '../proto/http/api.ts'
import { logLevels } from '../runtime/logger.ts'
import { engineConfigFields, transportField } from '../swarm/index.ts'
import { CoordinatorLink, IdentityConfig } from '../trust/service-identity.ts'

const strict = { additionalProperties: false } as const
const Port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: fallback, description })

/** The seeder's configuration; docs/configuration.md is generated from it. */
export const SeederConfig = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description: 'Address of the control API, health and metrics. Beyond loopback only with an identity.',
        }),
        port: Port(7072, 'TCP port of the control API.'),
      },
      { ...strict, default: {} },
    ),
    swarm: Type.Object(
      {
        host: Type.String({ default: '127.0.0.1', description: 'Address peers connect to.' }),
        port: Port(7073, 'TCP port peers connect to.'),
        transport: transportField,
        ...engineConfigFields,
        limits: {
          ...SwarmLimits,
          default: {},
          description: 'Caps of the piece exchange in Mbit/s; they can be changed while it runs.',
        },
      },
      { ...strict, default: {} },
    ),
    coordinator: CoordinatorLink,
    identity: IdentityConfig,
    dataDirectory: Type.String({
      minLength: 1,
      examples: ['/var/lib/rookery-seeder'],
      description: 'Holds the artifacts and their torrents.',
    }),
    logLevel: Type.Enum([...logLevels], { default: 'info', description: 'Least level that is logged.' }),
  },
  strict,
)
export type SeederConfig = Static<typeof SeederConfig>
