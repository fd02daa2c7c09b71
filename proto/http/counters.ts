import { type Static, Type } from 'typebox'
import { AppName, PoolName } from './api.ts'

const strict = { additionalProperties: false } as const
const Time = (description: string) =>
  Type.Integer({
    minimum: 0,
    maximum: 8_640_000_000_000_000,
    description: `${description}, in ms since the Unix epoch`,
  })

/** What is made of the windows of a step. */
export const counterFunctions = ['rate', 'sum', 'avg', 'min', 'max', 'deviation', 'count', 'percentile'] as const
export type CounterFunction = (typeof counterFunctions)[number]

export const counterGroupings = ['name', 'host', 'pool', 'none'] as const
export type CounterGrouping = (typeof counterGroupings)[number]

export const counterKinds = ['counter', 'gauge', 'timer', 'set'] as const

export const CounterSeriesQuery = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 500,
      description:
        'Names, with `*` and `?` within a part, `**` for any parts, `[a-c]` and `{get,post}`; tags behind `;`, as in `web.requests;code=5*`',
    }),
    app: Type.Optional(
      Type.String({ maxLength: 63, description: 'Whose counters; empty for those of the host itself; all without it' }),
    ),
    host: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Hosts, as a pattern' })),
    pool: Type.Optional(Type.String({ minLength: 1, maxLength: 63, description: 'Only hosts of this pool' })),
    fromMs: Type.Optional(Time('Begin; an hour before the end without it')),
    toMs: Type.Optional(Time('End; now without it')),
    stepMs: Type.Optional(
      Type.Integer({ minimum: 10_000, maximum: 31 * 86_400_000, multipleOf: 10_000, description: 'Width of a value' }),
    ),
    maxPoints: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 500,
      description: 'Without `stepMs`, the step is chosen so that there are no more values than these',
    }),
    function: Type.Optional(
      Type.Enum([...counterFunctions], {
        description: 'Without it, `rate` of counters and `avg` of everything else',
      }),
    ),
    percentile: Type.Number({ minimum: 0, maximum: 100, default: 95, description: 'Over the hosts, for `percentile`' }),
    groupBy: Type.Enum([...counterGroupings], {
      default: 'name',
      description: 'What has a series of its own: a name, a host, a pool; `none` makes one of all',
    }),
    limit: Type.Integer({
      minimum: 1,
      maximum: 1_000,
      default: 1_000,
      description: 'No more series than these, the first by name; `omitted` says how many are left out',
    }),
    shiftMs: Type.Integer({
      minimum: 0,
      maximum: 10 * 366 * 86_400_000,
      default: 0,
      description: 'Answer with what was so much earlier, at the times that were asked for; 604800000 is last week',
    }),
  },
  strict,
)
export type CounterSeriesQuery = Static<typeof CounterSeriesQuery>

export const CounterSeries = Type.Object({
  name: Type.Union([Type.String(), Type.Null()], { description: 'Null when it is of several' }),
  app: Type.Union([Type.String(), Type.Null()], { description: 'Null when it is of several' }),
  host: Type.Union([Type.String(), Type.Null()]),
  pool: Type.Union([PoolName, Type.Null()]),
  hosts: Type.Integer({ description: 'How many hosts are in it' }),
  function: Type.Enum([...counterFunctions]),
  values: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
    description: 'One a step; null where nothing is known',
  }),
})
export type CounterSeries = Static<typeof CounterSeries>

export const DeployMark = Type.Object({
  atMs: Time('When'),
  app: AppName,
  rolloutId: Type.String(),
  releaseId: Type.Union([Type.String(), Type.Null()]),
  kind: Type.Enum(['started', 'ended']),
  text: Type.String({ description: 'A sentence for people' }),
})
export type DeployMark = Static<typeof DeployMark>

export const CounterAnswer = Type.Object({
  fromMs: Time('Begin of the first step'),
  toMs: Time('End of the last step'),
  stepMs: Type.Integer(),
  series: Type.Array(CounterSeries),
  omitted: Type.Integer({ description: 'Series beyond the limit' }),
  marks: Type.Array(DeployMark, { description: 'Rollouts of the time, oldest first' }),
})
export type CounterAnswer = Static<typeof CounterAnswer>

export const CounterNameQuery = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'As in a query; all without it' })),
    app: Type.Optional(Type.String({ maxLength: 63 })),
    limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 1_000 }),
  },
  strict,
)
export type CounterNameQuery = Static<typeof CounterNameQuery>

export const CounterName = Type.Object({
  name: Type.String(),
  app: Type.String({ description: 'Empty for counters of the host itself' }),
  kind: Type.Enum([...counterKinds]),
  hosts: Type.Integer({ description: 'How many hosts have counted it' }),
})
export type CounterName = Static<typeof CounterName>
