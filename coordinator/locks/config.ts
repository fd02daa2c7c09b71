import { type Static, Type } from 'typebox'
import { AppName } from '../../proto/http/api.ts'

const strict = { additionalProperties: false } as const
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const named = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  apps: Type.Optional(Type.Array(AppName, { minItems: 1 })),
  timeZone: Type.String({ minLength: 1 }),
}
const LocalTime = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$' })

const WeeklyFreeze = Type.Object(
  {
    ...named,
    weekly: Type.Object(
      {
        days: Type.Array(Type.Enum([...days]), { minItems: 1 }),
        from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
        to: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
      },
      strict,
    ),
  },
  strict,
)
export type WeeklyFreeze = Static<typeof WeeklyFreeze>

const DatedFreeze = Type.Object({ ...named, from: LocalTime, to: LocalTime }, strict)
export type DatedFreeze = Static<typeof DatedFreeze>

/** The `freezes` of the coordinator's configuration. */
export const Freezes = Type.Array(Type.Union([WeeklyFreeze, DatedFreeze]), {
  default: [],
  examples: [
    [
      {
        name: 'weekend',
        timeZone: 'Europe/Berlin',
        weekly: { days: ['fri'], from: '16:00', to: '24:00' },
      },
    ],
  ],
  description:
    'Times in which no rollout starts, of all apps or of `apps`: every week on `days` from `from` to `to` (`HH:MM`; past midnight where `to` is not later), or once from `from` to `to` (`YYYY-MM-DDTHH:MM`), by the clocks of `timeZone` (IANA name).',
})
export type FreezeConfig = Static<typeof Freezes>[number]
