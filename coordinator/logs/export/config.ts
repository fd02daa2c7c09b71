import { type Static, Type } from 'typebox'
import { logLevels } from '../../../runtime/log-level.ts'

const strict = { additionalProperties: false } as const
const File = Type.String({ minLength: 1 })
const common = {
  name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  level: Type.Optional(Type.Enum([...logLevels])),
}

const FileExport = Type.Object(
  {
    ...common,
    directory: Type.String({ pattern: '^/' }),
    maxFileBytes: Type.Optional(Type.Integer({ minimum: 1024 })),
    keepFiles: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  strict,
)
export type FileExport = Static<typeof FileExport>

const SyslogExport = Type.Object(
  {
    ...common,
    syslog: Type.String({ pattern: '^(udp|tcp|tls)://' }),
    facility: Type.Optional(Type.Integer({ minimum: 0, maximum: 23 })),
    caFile: Type.Optional(File),
    certificateFile: Type.Optional(File),
    keyFile: Type.Optional(File),
  },
  strict,
)
export type SyslogExport = Static<typeof SyslogExport>

const OtlpExport = Type.Object(
  {
    ...common,
    otlp: Type.String({ pattern: '^https?://' }),
    headersFile: Type.Optional(File),
    caFile: Type.Optional(File),
  },
  strict,
)
export type OtlpExport = Static<typeof OtlpExport>

const LogExport = Type.Union([FileExport, SyslogExport, OtlpExport])
export type LogExport = Static<typeof LogExport>

/** The `logs.exports` of the coordinator's configuration; docs/logs.md explains them. */
export const LogExports = Type.Array(LogExport, {
  default: [],
  description:
    'Where every line goes besides, from the moment it is set: `{name, directory, maxFileBytes, keepFiles}`, `{name, syslog: tls://logs.example.com:6514, facility, caFile}`, or `{name, otlp: https://otel.example.com:4318/v1/logs, headersFile}`; each with a `level` where less is to go. See docs/logs.md.',
})
