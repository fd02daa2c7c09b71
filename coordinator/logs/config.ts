import { type Static, Type } from 'typebox'
import { LogExports } from './export/config.ts'

const strict = { additionalProperties: false } as const

/** The `logs` of the coordinator's configuration. */
export const LogsConfig = Type.Object(
  {
    keepDays: Type.Integer({
      minimum: 1,
      maximum: 3_650,
      default: 30,
      description: 'What is older than so many whole days (UTC, by the time of its arrival) is removed.',
    }),
    maxBytes: Type.Integer({
      minimum: 1024 * 1024,
      default: 10 * 1024 * 1024 * 1024,
      description:
        'So many bytes of output are kept at most; beyond it the oldest are removed. 10 GiB hold 30 days of 4 KB a second, and the store takes a little more for its indexes.',
    }),
    archive: Type.Optional(
      Type.Object(
        {
          directory: Type.String({
            pattern: '^/',
            examples: ['/var/lib/rookery-coordinator/log-archive'],
            description:
              'What is removed is first written here, in a file a day and rollout (NDJSON, zstd), read back and compared. `rookery logs --rollout` reads it from there.',
          }),
        },
        { ...strict, description: 'Without it, what is removed is gone; that it was there is still told.' },
      ),
    ),
    hostMaxBytesPerSecond: Type.Integer({
      minimum: 1024,
      default: 4 * 1024 * 1024,
      description:
        'Output of one host that is taken in the long run, in bytes per second, so that one host cannot keep the others waiting: a faster one is told to wait, and its spool holds the rest. Far above what an agent sends by its own limits; 128 MiB are taken at once, as after an outage.',
    }),
    exports: LogExports,
  },
  { ...strict, default: {} },
)
export type LogsConfig = Static<typeof LogsConfig>
