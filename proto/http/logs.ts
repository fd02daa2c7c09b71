import { type Static, Type } from 'typebox'
import { logLevels } from '../../runtime/log-level.ts'
import { AppName, PoolName } from './api.ts'

const strict = { additionalProperties: false } as const
const EpochMs = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since the Unix epoch` })

export const LogEntry = Type.Object({
  id: Type.Integer({ description: 'Grows with arrival; the cursor of `after`, `before` and Last-Event-ID' }),
  rolloutId: Type.String({ description: 'Empty for lines outside rollouts' }),
  app: Type.String({ description: 'Empty for lines of no app' }),
  host: Type.String({ description: 'Empty for the coordinator itself' }),
  stream: Type.String({ description: 'build, coordinator, agent, app.stdout, app.stderr, hook.<name>' }),
  sequence: Type.Integer({ description: 'Counts the chunks of its host, stream and rollout' }),
  atMs: EpochMs('When it was written, by the clock of its host'),
  text: Type.String({
    description:
      'UTF-8; bytes that are not are replaced. With `level` or `text`, the lines that match and end in this chunk',
  }),
  gapBytes: Type.Integer({ description: 'Not 0: this many bytes are missing here' }),
  gapLimit: Type.Integer({
    description: 'Of a gap: the bytes per second beyond which they were left out; 0 when they were lost',
  }),
  final: Type.Boolean({ description: 'The stream ended with it' }),
})
export type LogEntry = Static<typeof LogEntry>

const filters = {
  rollout: Type.Optional(Type.String()),
  release: Type.Optional(Type.String()),
  app: Type.Optional(AppName),
  host: Type.Optional(Type.String({ description: 'Empty for the coordinator itself' })),
  pool: Type.Optional(PoolName),
  stream: Type.Optional(Type.String()),
  level: Type.Optional(
    Type.Enum([...logLevels], { description: 'Lines of at least this level, and those that tell none' }),
  ),
  text: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'Lines that hold it, colours left out of account' }),
  ),
  regex: Type.Optional(Type.Boolean({ description: '`text` is a regular expression (JavaScript’s)' })),
  fromMs: Type.Optional(EpochMs('Written then or later')),
  toMs: Type.Optional(EpochMs('Written before then')),
}

export const LogQuery = Type.Object(
  {
    ...filters,
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only entries behind this one, oldest first' })),
    before: Type.Optional(Type.Integer({ minimum: 1, description: 'With `tail`: only entries before this one' })),
    tail: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'The last so many lines' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 })),
  },
  strict,
)
export type LogQuery = Static<typeof LogQuery>

export const LogStreamQuery = Type.Object(
  {
    ...filters,
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'What is stored behind this one comes first' })),
  },
  strict,
)
export type LogStreamQuery = Static<typeof LogStreamQuery>

export const LogPage = Type.Object({
  entries: Type.Array(LogEntry, { description: 'Oldest first; may be empty on a page that is not the last' }),
  next: Type.Integer({ description: 'The `after` of the page behind this one' }),
  previous: Type.Integer({ description: 'With `tail`: the `before` of the page in front of this one' }),
  done: Type.Boolean({ description: 'Nothing more is stored, as of now, in the direction of the query' }),
  removed: Type.Array(
    Type.Object({
      day: Type.String({ description: 'UTC, 2026-01-31' }),
      rolloutId: Type.String(),
      entries: Type.Integer(),
      bytes: Type.Integer(),
      file: Type.Union([Type.String({ description: 'Where it is archived' }), Type.Null()], {
        description: 'Null when it is gone',
      }),
    }),
    { description: 'What stood in the range of this page, was removed by age or size, and is not in `entries`' },
  ),
})
export type LogPage = Static<typeof LogPage>
