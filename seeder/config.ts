import { type Static, Type } from 'typebox'
import { SwarmLimits } from '../proto/http/api.ts'
import { logLevels } from '../runtime/logger.ts'
import { engineConfigFields } from '../swarm/index.ts'

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
          description: 'Address of the control API, health and metrics. Anything but loopback needs `token`.',
        }),
        port: Port(7072, 'TCP port of the control API.'),
      },
      { ...strict, default: {} },
    ),
    token: Type.Optional(
      Type.String({ minLength: 16, description: 'Bearer token that the coordinator must present.' }),
    ),
    swarm: Type.Object(
      {
        host: Type.String({ default: '127.0.0.1', description: 'Address peers connect to.' }),
        port: Port(7073, 'TCP port peers connect to.'),
        ...engineConfigFields,
        limits: {
          ...SwarmLimits,
          default: {},
          description: 'Caps of the piece exchange in Mbit/s; they can be changed while it runs.',
        },
      },
      { ...strict, default: {} },
    ),
    coordinator: Type.Object(
      {
        token: Type.Optional(
          Type.String({ description: 'Bearer token for downloading artifacts from the coordinator.' }),
        ),
      },
      { ...strict, default: {} },
    ),
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
