import { type Static, Type } from 'typebox'
import { IdentityConfig } from '../../trust/service-identity.ts'

const strict = { additionalProperties: false } as const
const day = 86_400_000

/** Where hosts and services reach the coordinator. */
export const FleetConfig = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description: 'Address that agents, tracker and seeder connect to, over TLS with certificates of the fleet.',
        }),
        port: Type.Integer({ minimum: 0, maximum: 65535, default: 7077, description: 'Its TCP port.' }),
      },
      { ...strict, default: {} },
    ),
    url: Type.Optional(
      Type.String({
        pattern: '^https://',
        examples: ['https://coordinator.example.com:7077'],
        description: 'How the seeder reaches that port; the listen address without it.',
      }),
    ),
  },
  { ...strict, default: {} },
)
export type FleetConfig = Static<typeof FleetConfig>

/** Who certifies hosts and services. */
export const AuthorityConfig = Type.Object(
  {
    certificateLifetimeMs: Type.Integer({
      minimum: 60_000,
      maximum: 365 * day,
      default: 7 * day,
      description:
        'How long a certificate counts, in ms. It is renewed when half of that is over, so that the fleet outlives a coordinator that is away for the other half.',
    }),
    authority: Type.Optional(
      Type.Object(
        {
          certificateFile: Type.String({
            minLength: 1,
            examples: ['/etc/rookery/tls/authority.crt'],
            description: 'Its certificate (PEM), CA:TRUE; may be below another authority.',
          }),
          keyFile: Type.String({
            minLength: 1,
            examples: ['/etc/rookery/tls/authority.key'],
            description: 'Its private key (PEM).',
          }),
        },
        {
          ...strict,
          description: 'An authority of your own that signs in place of the one that the first start makes.',
        },
      ),
    ),
    files: IdentityConfig,
  },
  { ...strict, default: {} },
)
export type AuthorityConfig = Static<typeof AuthorityConfig>
