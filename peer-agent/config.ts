import { type Static, Type } from 'typebox'
import { HostName, PoolName, SwarmLimits } from '../proto/http/api.ts'
import { logLevels } from '../runtime/logger.ts'
import { RedactConfig } from '../runtime/redactor.ts'
import { engineConfigFields, transportField } from '../swarm/index.ts'
import { IdentityConfig, JoinTokenFile } from '../trust/service-identity.ts'
import { CountersConfig } from './counters/config.ts'
import { LimitsConfig } from './limits/config.ts'
import { LogsConfig } from './logs/config.ts'

const strict = { additionalProperties: false } as const
const Port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65535, default: fallback, description })

/** The agent's configuration; docs/configuration.md is generated from it. */
export const AgentConfig = Type.Object(
  {
    host: { ...HostName, description: 'Name of this host, unique in the fleet.' },
    pools: Type.Array(PoolName, {
      minItems: 1,
      description: 'Pools this host serves in; the first is the one it is counted in.',
    }),
    labels: Type.Record(Type.String(), Type.String(), {
      default: {},
      description:
        'What else is to be known of the host. Peers with the same `zone`, and in it the same `rack`, come first when pieces are exchanged.',
    }),
    coordinator: Type.Object(
      {
        url: Type.String({
          pattern: '^(http|ws)s?://',
          examples: ['https://coordinator.example.com:7077'],
          description:
            'The coordinator’s `fleet` port, from which the certificate comes as well. With `http://`, this is a trial on one machine: no TLS, loopback only, and a coordinator with `access: open`.',
        }),
        joinTokenFile: JoinTokenFile,
      },
      strict,
    ),
    identity: IdentityConfig,
    trustedKeysFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Public keys (PEM, one after the other) of which one must have signed every release. Without it, those the host was given when it was enrolled; with neither, no release is taken.',
      }),
    ),
    allowUnsignedReleases: Type.Boolean({
      default: false,
      description:
        'Take releases whoever signed them, where there are no keys to check them with: whoever reaches this agent as its coordinator then runs what he likes here. For trials.',
    }),
    limits: LimitsConfig,
    redact: RedactConfig,
    dataDirectory: Type.String({
      minLength: 1,
      examples: ['/var/lib/rookery-agent'],
      description: 'The agent’s own state: attempts, artifacts, spool, the app’s output.',
    }),
    deployRoot: Type.String({
      pattern: '^/',
      default: '/',
      description: 'Goes in front of every app’s deploy path; another than / puts a whole flock on one machine.',
    }),
    environment: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Type.String(), {
      default: {},
      description: 'Variables of this host for hooks, app and probes, e.g. PORT.',
    }),
    listen: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description: 'Address of health and metrics, which are all it serves.',
        }),
        port: Port(7074, 'TCP port of health and metrics; 0 lets the system choose.'),
      },
      { ...strict, default: {} },
    ),
    swarm: Type.Object(
      {
        host: Type.String({
          default: '127.0.0.1',
          description:
            'Address on which other hosts reach this one to exchange pieces: the one of the fleet’s network.',
        }),
        port: Port(7075, 'TCP port of the piece exchange; 0 lets the system choose.'),
        transport: transportField,
        ...engineConfigFields,
        seedForMs: Type.Integer({
          minimum: 0,
          default: 3_600_000,
          description:
            'A release is seeded for so many ms after it is complete here, and then for as long as a host in the same zone (`labels.zone`) fetches it. An hour is long enough for those that come late; the seeder has it in any case.',
        }),
        limits: {
          ...SwarmLimits,
          default: {},
          description: 'Caps of the piece exchange in Mbit/s; they can be changed while it runs.',
        },
        webSeeds: Type.Array(Type.String({ pattern: '^https?://.*/$' }), {
          default: [],
          description:
            'HTTP mirrors that are asked for pieces when peers are too slow, before the coordinator is: directories, each URL ending in /, that hold artifacts under their file names.',
        }),
      },
      { ...strict, default: {} },
    ),
    spool: Type.Object(
      {
        maxBytes: Type.Integer({
          minimum: 1024 * 1024,
          default: 64 * 1024 * 1024,
          description:
            'Logs and counters that wait for the coordinator take at most so many bytes of disk; the oldest go first. 64 MiB hold a day of a talkative app.',
        }),
      },
      { ...strict, default: {} },
    ),
    counters: CountersConfig,
    logs: LogsConfig,
    logLevel: Type.Enum([...logLevels], { default: 'info', description: 'Least level that is logged.' }),
  },
  strict,
)
export type AgentConfig = Static<typeof AgentConfig>
