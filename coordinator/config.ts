import { type Static, Type } from 'typebox'
import { AppSource } from '../proto/http/api.ts'
import { AppNamePattern } from '../proto/release-manifest.ts'
import { logLevels } from '../runtime/logger.ts'
import { RedactConfig } from '../runtime/redactor.ts'
import { transportField } from '../swarm/index.ts'
import { AccessMode, CallLimits, OidcConfig } from './access/config.ts'
import { ChatConfig } from './chat/config.ts'
import { CountersConfig } from './counters/config.ts'
import { AuthorityConfig, FleetConfig } from './identity/config.ts'
import { InventoryConfig, ShouldBeAliveConfig } from './inventory/config.ts'
import { Freezes } from './locks/config.ts'
import { LogsConfig } from './logs/config.ts'
import { ReconciliationConfig } from './reconciliation/config.ts'
import { SigningConfig } from './releases/config.ts'

const strict = { additionalProperties: false } as const

/** The coordinator's configuration; docs/configuration.md is generated from it. */
export const CoordinatorConfig = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description: 'Address of the operators’ API and the dashboard.',
        }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65535,
          default: 7070,
          description: 'TCP port; 0 lets the system choose.',
        }),
        tls: Type.Optional(
          Type.Object(
            {
              certificateFile: Type.String({
                minLength: 1,
                examples: ['/etc/rookery/tls/api.crt'],
                description: 'Certificate chain (PEM).',
              }),
              keyFile: Type.String({
                minLength: 1,
                examples: ['/etc/rookery/tls/api.key'],
                description: 'Its private key (PEM).',
              }),
            },
            {
              ...strict,
              description:
                'HTTPS with a certificate of your own, whose files are read again when they change. Without it, HTTPS with one of the fleet’s authority (`rookery login --ca-fingerprint`); on loopback plain HTTP.',
            },
          ),
        ),
      },
      { ...strict, default: {} },
    ),
    access: AccessMode,
    oidc: Type.Optional(OidcConfig),
    limits: CallLimits,
    fleet: FleetConfig,
    identity: AuthorityConfig,
    publicUrl: Type.Optional(
      Type.String({
        pattern: '^https?://',
        description:
          'How people reach this coordinator, for links; with `access: open`, the seeder as well. The listen address without it.',
      }),
    ),
    dataDirectory: Type.String({
      minLength: 1,
      examples: ['/var/lib/rookery-coordinator'],
      description: 'Holds the store, the releases and the signing key.',
    }),
    tracker: Type.Object(
      {
        controlUrl: Type.String({
          pattern: '^https?://',
          description: 'Control API of the tracker.',
          examples: ['https://127.0.0.1:7071'],
        }),
        announceUrls: Type.Array(Type.String({ pattern: '^(https?|udp)://' }), {
          minItems: 1,
          description: 'Announce URLs written into every torrent.',
        }),
      },
      strict,
    ),
    seeder: Type.Object(
      {
        controlUrl: Type.String({
          pattern: '^https?://',
          description: 'Control API of the seeder.',
          examples: ['https://127.0.0.1:7072'],
        }),
      },
      strict,
    ),
    distribution: Type.Object(
      {
        transport: {
          ...transportField,
          description:
            'How peers talk to each other: `tls` with certificates of the fleet, or `plain`, which agents and seeder must then be set to as well (`swarm.transport`), and the tracker to `announce.plain`.',
        },
        hostMbitPerSecond: Type.Optional(
          Type.Number({
            exclusiveMinimum: 0,
            examples: [1_000],
            description:
              'What the network lets one host receive, in Mbit/s. Every deploy is measured against it; without it, against its own faster hosts.',
          }),
        ),
        webSeed: Type.Object(
          {
            maxConcurrent: Type.Integer({
              minimum: 0,
              maximum: 1_000,
              default: 8,
              description:
                'Hosts that fetch pieces from this coordinator over HTTP at once, where peers are too slow for them; 0 turns it off. The others are told when to come back.',
            }),
            maxMbitPerSecond: Type.Number({
              exclusiveMinimum: 0,
              default: 200,
              description:
                'Rate of all of them together, in Mbit/s: a fifth of a common link, so that the origin stays free for everything else.',
            }),
          },
          { ...strict, default: {} },
        ),
      },
      { ...strict, default: {} },
    ),
    apps: Type.Record(Type.String({ pattern: AppNamePattern }), AppSource, {
      default: {},
      description:
        'Apps by name, each with its source: `git` (and `subdirectory`) or `directory`. More can be added over the API.',
    }),
    agents: Type.Object(
      {
        heartbeatMs: Type.Integer({
          minimum: 200,
          maximum: 60_000,
          default: 5_000,
          description: 'Period of the agents’ heartbeats in ms; three missed ones end a session.',
        }),
        graceMs: Type.Integer({
          minimum: 0,
          maximum: 3_600_000,
          default: 30_000,
          description:
            'A host in a running rollout that is away for longer than this many ms has failed. Long enough for an agent to restart.',
        }),
        shouldBeAlive: Type.Optional(ShouldBeAliveConfig),
      },
      { ...strict, default: {} },
    ),
    inventory: InventoryConfig,
    freezes: Freezes,
    chat: ChatConfig,
    reconcileMs: Type.Integer({
      minimum: 1_000,
      maximum: 3_600_000,
      default: 15_000,
      description: 'Period in ms in which tracker and seeder are compared with what they should serve.',
    }),
    reconciliation: ReconciliationConfig,
    builds: Type.Object(
      {
        passVariables: Type.Array(
          Type.String({ pattern: '^(?!ROOKERY_|NOTIFY_SOCKET$|CREDENTIALS_DIRECTORY$)[A-Za-z_][A-Za-z0-9_]*$' }),
          {
            default: [],
            examples: [['SSH_AUTH_SOCK']],
            description:
              'Names of variables of the coordinator’s own that build steps get beside PATH, HOME, USER, LANG, LC_ALL, TZ, TMPDIR and the proxies. Whoever may change an app’s source has them, then.',
          },
        ),
      },
      { ...strict, default: {} },
    ),
    logs: LogsConfig,
    counters: CountersConfig,
    signing: SigningConfig,
    redact: RedactConfig,
    logLevel: Type.Enum([...logLevels], { default: 'info', description: 'Least level that is logged.' }),
  },
  strict,
)
export type CoordinatorConfig = Static<typeof CoordinatorConfig>
