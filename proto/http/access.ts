/** Bodies of the HTTP API about who may call it, and of its record of who did what. */
import { type Static, Type } from 'typebox'
import { AppName } from './api.ts'

const strict = { additionalProperties: false } as const
const EpochMs = (description: string) =>
  Type.Integer({ minimum: 0, description: `${description}, in milliseconds since the Unix epoch` })
const MaybeMs = (description: string) => Type.Union([EpochMs(description), Type.Null()])

/** From the least to the most. */
export const roles = ['viewer', 'deployer', 'admin'] as const
export type Role = (typeof roles)[number]

const Role = Type.Enum([...roles], {
  description: '`viewer` reads, `deployer` deploys some apps too, `admin` does everything',
})
const Apps = Type.Union([Type.Array(AppName, { minItems: 1, uniqueItems: true, maxItems: 1_000 }), Type.Literal('*')], {
  description: 'What a deployer may deploy; `*` is every app',
})

// --- who calls

/** What the coordinator takes the caller for. */
export const Caller = Type.Object({
  principal: Type.String({
    description: '`token:<id>`, `oidc:<subject>`, or `open` where no credentials are asked for',
  }),
  name: Type.String({ description: 'What people call it' }),
  role: Role,
  apps: Type.Union([Apps, Type.Null()], { description: 'Null for roles that are not about apps' }),
  expiresAtMs: MaybeMs('When its credentials end'),
})
export type Caller = Static<typeof Caller>

// --- API tokens

export const ApiToken = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  apps: Type.Union([Apps, Type.Null()], { description: 'Null for roles that are not about apps' }),
  createdAtMs: EpochMs('When it was made'),
  createdBy: Type.String(),
  expiresAtMs: MaybeMs('When it ends; null for never'),
  lastUsedAtMs: MaybeMs('When it was last used, to the minute'),
  revokedAtMs: MaybeMs('When it was revoked'),
})
export type ApiToken = Static<typeof ApiToken>

export const TokenRequest = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}$',
      description: 'Who or what it is for, such as `ci` or `ann laptop`, in plain letters',
    }),
    role: Role,
    apps: Type.Optional(Apps),
    expiresInMs: Type.Optional(
      Type.Union([Type.Integer({ minimum: 60_000, maximum: 10 * 366 * 86_400_000 }), Type.Null()], {
        description: 'How long it is good for; 90 days without this, for ever with null',
      }),
    ),
  },
  strict,
)
export type TokenRequest = Static<typeof TokenRequest>

export const CreatedToken = Type.Object({
  ...ApiToken.properties,
  token: Type.String({ description: 'The token itself: shown now and never again' }),
})
export type CreatedToken = Static<typeof CreatedToken>

// --- audit log

/** One call that could have changed something, refused ones too. Each entry's hash covers the one before. */
export const AuditEntry = Type.Object({
  number: Type.Integer({ minimum: 1, description: 'From 1, without holes' }),
  atMs: EpochMs('When it was answered'),
  principal: Type.String({ description: 'Who, as far as that was proved; `anonymous` when it was not' }),
  action: Type.String({ description: 'What, in stable words such as `rollout.start`' }),
  target: Type.String({ description: 'The rollout, release, app, host, hold or token it was about; may be empty' }),
  parameters: Type.String({ description: 'What was asked for, as JSON; secrets left out, long ones cut' }),
  source: Type.String({ description: 'Address it came from' }),
  result: Type.String({ description: '`ok`, or the code of the problem it was answered with' }),
  previousHash: Type.String(),
  hash: Type.String({ description: 'SHA-256 of all the other fields, in lower-case hex' }),
})
export type AuditEntry = Static<typeof AuditEntry>

export const AuditQuery = Type.Object(
  {
    fromMs: Type.Optional(EpochMs('Not before')),
    toMs: Type.Optional(EpochMs('Before')),
    principal: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    action: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'One action, or all that begin so: `rollout.*`' }),
    ),
    target: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    before: Type.Optional(Type.Integer({ minimum: 1, description: 'Entries with smaller numbers: the next page' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
  },
  strict,
)
export type AuditQuery = Static<typeof AuditQuery>

export const AuditPage = Type.Object({
  entries: Type.Array(AuditEntry, { description: 'Newest first' }),
  next: Type.Union([Type.Integer({ description: 'The `before` of the next page' }), Type.Null()]),
})
export type AuditPage = Static<typeof AuditPage>

/** What a look at the whole chain found. */
export const AuditVerification = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Integer({ description: 'Entries that are as they were written, from the first on' }),
  head: Type.Union([Type.Object({ number: Type.Integer(), hash: Type.String() }), Type.Null()], {
    description: 'The last entry that is as it was written: compare it with what the service’s log said earlier',
  }),
  broken: Type.Union([Type.Object({ number: Type.Integer(), detail: Type.String() }), Type.Null()], {
    description: 'The first entry that is not',
  }),
})
export type AuditVerification = Static<typeof AuditVerification>
