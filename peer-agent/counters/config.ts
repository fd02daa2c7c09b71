import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false } as const

/** The `counters` of the agent's configuration; docs/counters.md explains them. */
export const CountersConfig = Type.Object(
  {
    statsd: Type.Object(
      {
        enabled: Type.Boolean({
          default: true,
          description:
            'Listen for StatsD over UDP on 127.0.0.1, on a port for each app, which hooks and the app find in `ROOKERY_STATSD_HOST` and `ROOKERY_STATSD_PORT`.',
        }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65535,
          default: 8125,
          description:
            'One more port, for whatever else on the host speaks StatsD; what comes there belongs to the host. 0 for none.',
        }),
        socket: Type.Optional(
          Type.String({
            pattern: '^/',
            maxLength: 100,
            examples: ['/run/rookery/statsd.sock'],
            description: 'Path of a Unix stream socket that takes the same, a line each.',
          }),
        ),
      },
      { ...strict, default: {} },
    ),
    host: Type.Boolean({
      default: true,
      description: 'Count CPU, memory, disks, network and load of the host, as `host.…`. On Linux.',
    }),
    maxNames: Type.Integer({
      minimum: 10,
      maximum: 1_000_000,
      default: 10_000,
      description:
        'Names of counters, with their tags, that one app may use within ten seconds; what is beyond is refused, counted and said. A tag with the id of a user in it must not fill the store.',
    }),
  },
  { ...strict, default: {} },
)
export type CountersConfig = Static<typeof CountersConfig>
