/** Bodies of `/api/v1/fleet`: where the fleet differs from what it should be, and what is done about it. */
import { type Static, Type } from 'typebox'
import { AppName, HostName } from './api.ts'

const strict = { additionalProperties: false } as const
const AtMs = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since the Unix epoch` })
const MaybeApp = Type.Union([AppName, Type.Null()], { description: 'Null when it is about the host itself' })

export const differenceKinds = [
  ...(['release', 'notReady', 'surplus', 'files', 'revoked', 'away', 'missing', 'unknownHost'] as const),
  ...(['clockSkew', 'agentVersion', 'disk', 'drained'] as const),
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

export const repairKinds = ['converge', 'reactivate', 'refetch'] as const

const fleetDifference = {
  host: HostName,
  app: MaybeApp,
  kind: Type.Enum([...differenceKinds], { description: '`drained` is for information: somebody wanted it so' }),
  detail: Type.String({ description: 'What is, what should be, and why it may be so' }),
  isRepairable: Type.Boolean({ description: 'A repair can be asked for' }),
  repair: Type.Union([Type.Enum([...repairKinds]), Type.Null()], {
    description:
      '`converge` brings the desired release, `reactivate` activates the live one again, `refetch` unpacks its changed files anew',
  }),
}
export const FleetDifference = Type.Object(fleetDifference)
export type FleetDifference = Static<typeof FleetDifference>

const fleetReport = {
  atMs: AtMs('When the fleet was looked at'),
  hosts: Type.Integer({ description: 'Hosts that were looked at, missing ones included' }),
  differences: Type.Array(FleetDifference),
}
export const FleetReport = Type.Object(fleetReport)
export type FleetReport = Static<typeof FleetReport>

export const FleetQuery = Type.Object(
  { fresh: Type.Optional(Type.Boolean({ description: 'Look now; the last sweep without it' })) },
  strict,
)

export const ServiceCheck = Type.Object({
  name: Type.String({ description: '`tracker` or `seeder`' }),
  ok: Type.Boolean(),
  detail: Type.String(),
})
export type ServiceCheck = Static<typeof ServiceCheck>

/** The coordinator itself, and the services beside it. */
export const ServiceReport = Type.Object({
  version: Type.String({ description: 'The coordinator’s own' }),
  atMs: AtMs('The coordinator’s clock'),
  services: Type.Array(ServiceCheck),
})
export type ServiceReport = Static<typeof ServiceReport>

const Hosts = Type.Optional(Type.Array(HostName, { minItems: 1, description: 'Only these hosts' }))

export const FleetCheckRequest = Type.Object(
  {
    hosts: Hosts,
    digests: Type.Optional(Type.Boolean({ description: 'Have agents compare live releases with what was unpacked' })),
  },
  strict,
)
export type FleetCheckRequest = Static<typeof FleetCheckRequest>

/** What the files of a live release turned out as. */
export const FileCheck = Type.Object({
  host: HostName,
  app: MaybeApp,
  releaseId: Type.Union([Type.String(), Type.Null()]),
  result: Type.Enum(['intact', 'changed', 'away', 'failed'], {
    description: '`away`: nobody could be asked; `failed`: nobody can tell, and `detail` says why',
  }),
  changed: Type.Integer({ description: 'Entries that are missing or other than they were unpacked' }),
  files: Type.Integer({ description: 'Entries that were compared' }),
  paths: Type.Array(Type.Object({ path: Type.String(), what: Type.String() }), { description: 'The first 100' }),
  detail: Type.String(),
  atMs: AtMs('When the answer came'),
})
export type FileCheck = Static<typeof FileCheck>

export const FleetCheck = Type.Object({
  ...fleetReport,
  fileChecks: Type.Array(FileCheck, { description: 'Empty without `digests`' }),
})
export type FleetCheck = Static<typeof FleetCheck>

export const FleetRepairRequest = Type.Object(
  {
    hosts: Hosts,
    kinds: Type.Optional(Type.Array(Type.Enum([...differenceKinds]), { minItems: 1 })),
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Who, for the record' })),
  },
  strict,
)
export type FleetRepairRequest = Static<typeof FleetRepairRequest>

export const FleetRepair = Type.Object({
  ...fleetDifference,
  begun: Type.Union([Type.String(), Type.Null()], { description: 'What was begun; null when nothing could be' }),
})
export type FleetRepair = Static<typeof FleetRepair>
