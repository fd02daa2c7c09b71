import { type Static, Type } from 'typebox'

/** The `reconciliation` of the coordinator's configuration; docs/doctor.md explains it. */
export const ReconciliationConfig = Type.Object(
  {
    periodMs: Type.Integer({
      minimum: 1_000,
      maximum: 86_400_000,
      default: 300_000,
      description: 'Period in ms in which every host is compared with what it should be.',
    }),
    repair: Type.Enum(['off', 'safe'], {
      default: 'safe',
      description:
        '`safe`: a sweep that finds hosts behind their pools has them catch up at once. `off`: a sweep only tells. What else can be repaired waits for `rookery doctor --fleet --repair`.',
    }),
    maxClockSkewMs: Type.Integer({
      minimum: 100,
      maximum: 3_600_000,
      default: 2_000,
      description: 'A host’s clock may be off by so many ms: beyond a second or two, logs no longer read in order.',
    }),
    minDiskFreePercent: Type.Number({
      minimum: 0,
      maximum: 100,
      default: 10,
      description: 'Least free share, in percent, of the disk that holds an agent’s data; never less than 1 GiB.',
    }),
  },
  { additionalProperties: false, default: {} },
)
export type ReconciliationConfig = Static<typeof ReconciliationConfig>
