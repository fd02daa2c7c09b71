import { type Static, Type } from 'typebox'
import { roles } from '../../proto/http/access.ts'
import { AppNamePattern } from '../../proto/release-manifest.ts'

const strict = { additionalProperties: false } as const

/** The `access` of the coordinator's configuration; docs/access.md explains it. */
export const AccessMode = Type.Enum(['enforced', 'open'], {
  default: 'enforced',
  description:
    '`enforced`: every call needs an API token or a token of `oidc`. `open`: none does, and everybody on this machine may do everything; on loopback only, for trials.',
})

const RoleRule = Type.Object(
  {
    value: Type.String({ minLength: 1, maxLength: 300, description: 'What the claim holds' }),
    role: Type.Enum([...roles]),
    apps: Type.Optional(
      Type.Array(Type.String({ pattern: `^\\*$|${AppNamePattern}` }), {
        minItems: 1,
        description: 'What a deployer may deploy; `*` is every app',
      }),
    ),
  },
  strict,
)
export type RoleRule = Static<typeof RoleRule>

export const OidcConfig = Type.Object(
  {
    issuer: Type.String({
      pattern: '^https?://[^?#]+$',
      examples: ['https://id.example.org'],
      description:
        'Issuer of tokens that are taken besides API tokens, exactly as it calls itself. HTTPS, but on loopback.',
    }),
    audience: Type.String({
      minLength: 1,
      examples: ['rookery'],
      description: 'What the tokens must be meant for: their `aud`.',
    }),
    rolesClaim: Type.String({
      minLength: 1,
      default: 'roles',
      description:
        'Claim that says what somebody may do: a text or a list of texts. Dots lead into objects: `realm_access.roles`.',
    }),
    nameClaim: Type.String({
      minLength: 1,
      default: 'preferred_username',
      description: 'Claim that holds what people call its bearer; its `sub` where it has none.',
    }),
    roles: Type.Array(RoleRule, {
      minItems: 1,
      examples: [
        [
          { value: 'sre', role: 'admin' },
          { value: 'shop-team', role: 'deployer', apps: ['shop'] },
        ],
      ],
      description:
        'What each value of the claim lets its bearer do. Who has several may do all of it; who has none, nothing.',
    }),
  },
  strict,
)
export type OidcConfig = Static<typeof OidcConfig>

export const CallLimits = Type.Object(
  {
    requestsPerMinute: Type.Integer({
      minimum: 10,
      maximum: 1_000_000,
      default: 3_000,
      description:
        'Calls of one principal, and of one address without credentials, in a minute. A dashboard makes up to 20 a second while hosts move.',
    }),
    failedLoginsPerMinute: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 20,
      description:
        'Calls with wrong or no credentials from one address in a minute; further ones are answered 429, and good credentials are still taken.',
    }),
    streamsPerPrincipal: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 50,
      description: 'Event and log streams, and downloads, that one principal may have open at once.',
    }),
  },
  { ...strict, default: {} },
)
export type CallLimits = Static<typeof CallLimits>
