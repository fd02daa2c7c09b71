import { type Static, Type } from 'typebox'
import { PoolName } from '../../proto/http/api.ts'
import { CommandLine } from '../../proto/release-manifest.ts'

const strict = { additionalProperties: false } as const
const DeadlineMs = Type.Integer({ minimum: 1, maximum: 600_000 })
const allowEmpty = Type.Optional(Type.Boolean())
const HttpUrl = Type.String({ pattern: '^https?://' })

const FileSource = Type.Object({ file: Type.String({ minLength: 1 }), allowEmpty }, strict)
const DnsSource = Type.Object(
  {
    dns: Type.String({ minLength: 1 }),
    type: Type.Enum(['A', 'AAAA', 'SRV']),
    pool: PoolName,
    zone: Type.Optional(Type.String({ minLength: 1 })),
    servers: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    allowEmpty,
  },
  strict,
)
export type DnsSource = Static<typeof DnsSource>
const HttpSource = Type.Object(
  { http: HttpUrl, headers: Type.Optional(Type.Record(Type.String(), Type.String())), allowEmpty },
  strict,
)
const CommandSource = Type.Object({ command: CommandLine, deadlineMs: Type.Optional(DeadlineMs), allowEmpty }, strict)

const HostSource = Type.Union([FileSource, DnsSource, HttpSource, CommandSource])
export type HostSource = Static<typeof HostSource>

/** The `inventory` of the coordinator's configuration; docs/host-sources.md explains it. */
export const InventoryConfig = Type.Object(
  {
    refreshMs: Type.Integer({
      minimum: 1_000,
      maximum: 86_400_000,
      default: 60_000,
      description: 'Time between two looks at each source, in ms.',
    }),
    graceMs: Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 300_000,
      description:
        'A host that its source no longer names has left after this many ms: a list that is short for a moment loses nobody.',
    }),
    sources: Type.Array(HostSource, {
      default: [],
      description:
        'Who names the hosts there should be, beside the agents themselves: `{file}`, `{http, headers}`, `{command, deadlineMs}`, or `{dns, type, pool, zone, servers}`. See docs/host-sources.md.',
    }),
  },
  { ...strict, default: {} },
)
export type InventoryConfig = Static<typeof InventoryConfig>

/** `agents.shouldBeAlive` of the coordinator's configuration. */
export const ShouldBeAliveConfig = Type.Union(
  [
    Type.Object({ http: HttpUrl, deadlineMs: Type.Optional(DeadlineMs) }, strict),
    Type.Object({ command: CommandLine, deadlineMs: Type.Optional(DeadlineMs) }, strict),
  ],
  {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what the user writes
    examples: [{ http: 'http://127.0.0.1:9000/instances/${host}' }],
    description:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what the user writes
      'Asked about a host that is away: `{http}` with `${host}` in the URL, or `{command}` with the variable `host`. HTTP 2xx or exit code 0: it should be alive. HTTP 404 or 410, or exit code 1: it was taken down on purpose. Anything else tells nothing.',
  },
)
export type ShouldBeAliveConfig = Static<typeof ShouldBeAliveConfig>
