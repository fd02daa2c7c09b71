import { type Static, Type } from 'typebox'
import { HostName, PoolName } from './api.ts'

const strict = { additionalProperties: false } as const
const AtMs = (description: string) => Type.Integer({ description: `${description}; ms since the Unix epoch` })
const Service = Type.Enum(['tracker', 'seeder'])

/** Pools a newcomer may serve in; `*` is any. */
const BoundPools = Type.Union([Type.Literal('*'), Type.Array(PoolName, { minItems: 1, maxItems: 100 })])

export const JoinTokenRequest = Type.Object(
  {
    pools: Type.Optional({ ...BoundPools, description: 'For hosts, and in which pools they may serve; `*` is any' }),
    service: Type.Optional({ ...Service, description: 'For a tracker or seeder' }),
    uses: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: 'How many may join with it; 1 when left out' }),
    ),
    expiresInMs: Type.Optional(Type.Integer({ minimum: 1_000, description: 'An hour when left out; 31 days at most' })),
  },
  strict,
)
export type JoinTokenRequest = Static<typeof JoinTokenRequest>

export const JoinToken = Type.Object({
  id: Type.String(),
  service: Type.Union([Service, Type.Null()]),
  pools: Type.Union([BoundPools, Type.Null()]),
  uses: Type.Integer(),
  maxUses: Type.Integer(),
  createdAtMs: AtMs('When it was made'),
  createdBy: Type.String(),
  expiresAtMs: AtMs('Until when it counts'),
  revokedAtMs: Type.Union([AtMs('When it was revoked'), Type.Null()]),
})
export type JoinToken = Static<typeof JoinToken>

export const CreatedJoinToken = Type.Object({
  ...JoinToken.properties,
  token: Type.String({ description: 'Shown this once' }),
})
export type CreatedJoinToken = Static<typeof CreatedJoinToken>

export const IdentityParams = Type.Object({
  kind: Type.Enum(['host', 'service']),
  name: { ...HostName },
})

export const RevokeIdentityRequest = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 1_000 })) }, strict)

/** Who has a certificate, or had one that has not expired. */
export const CertifiedIdentity = Type.Object({
  kind: Type.Enum(['host', 'service']),
  name: Type.String(),
  pools: Type.Union([BoundPools, Type.Null()]),
  serial: Type.String({ description: 'Of its newest certificate, hex' }),
  notAfterMs: AtMs('When that expires'),
  revokedAtMs: Type.Union([AtMs('When it was revoked'), Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
})
export type CertifiedIdentity = Static<typeof CertifiedIdentity>
