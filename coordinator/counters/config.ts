import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false } as const
const Days = (most: number, fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: most, default: fallback, description })

const Keep = Type.Object(
  {
    tenSecondsDays: Days(400, 10, 'Days for which windows are kept as they came, every 10 s.'),
    fiveMinutesDays: Days(
      4_000,
      400,
      'Days for which windows of 5 minutes are kept: more than a year, to compare with.',
    ),
    hoursDays: Days(40_000, 2_190, 'Days for which windows of an hour are kept: six years.'),
    maxBytes: Type.Integer({
      minimum: 64 * 1024 ** 2,
      default: 20 * 1024 ** 3,
      description:
        'All of them together take about so many bytes at most; the oldest of the finest go first, down to a day. docs/counters.md says what a counter takes.',
    }),
  },
  { ...strict, default: {} },
)
export type KeepOptions = Static<typeof Keep>

/** The `counters` of the coordinator's configuration. */
export const CountersConfig = Type.Object(
  {
    keep: Keep,
    maxSeries: Type.Integer({
      minimum: 1_000,
      maximum: 10_000_000,
      default: 1_000_000,
      description:
        'Counters of all hosts, one of one host each, that are ever stored; new ones beyond are refused, counted and said. Each takes about 100 bytes of memory.',
    }),
  },
  { ...strict, default: {} },
)
export type CountersConfig = Static<typeof CountersConfig>
