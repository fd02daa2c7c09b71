import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { RookeryError } from '../runtime/errors.ts'
import { schemaIssues } from '../runtime/yaml-document.ts'

const strict = { additionalProperties: false } as const
const DeadlineMs = (defaultMs: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400_000, default: defaultMs, description })

/** Safe as a directory name on every file system and as a part of a URL. */
export const ReleaseIdPattern = '^[a-z0-9][a-z0-9._-]{0,127}$'
export const AppNamePattern = '^(?!constructor$)[a-z0-9][a-z0-9-]{0,62}$'

/** A command: text runs under `/bin/sh -c`, a list runs as it is. */
export const CommandLine = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
])
export type CommandLine = Static<typeof CommandLine>

export interface CommandHook {
  readonly command: CommandLine
  readonly deadlineMs: number
}

/** One call over HTTP; `${NAME}` in `http`, `headers` and `body` is replaced from the hook's environment. */
export interface HttpHook {
  readonly http: string
  readonly method?: 'POST' | 'PUT' | 'GET' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly deadlineMs: number
}

export type Hook = CommandHook | HttpHook

const hookFields = {
  command: Type.Optional(CommandLine),
  http: Type.Optional(
    Type.String({
      pattern: '^(https?://|\\$\\{)',
      description: 'Instead of a command: a URL that is called once; 2xx is success.',
    }),
  ),
  method: Type.Optional(
    Type.Enum(['POST', 'PUT', 'GET', 'DELETE'], { description: 'Of the call over HTTP; POST when left out.' }),
  ),
  headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Of the call over HTTP.' })),
  body: Type.Optional(Type.String({ description: 'Of the call over HTTP.' })),
  deadlineMs: DeadlineMs(60_000, 'The hook and all it started is killed after this time.'),
}
const names = (...names: string[]) => Object.fromEntries(names.map((name) => [name, {}]))

/** The fields stand side by side, not in a union: a default inside a union would not be filled in. */
export const Hook = Type.Unsafe<Hook>({
  ...Type.Object(hookFields, strict),
  if: { required: ['http'] },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON schema
  then: { properties: names('http', 'method', 'headers', 'body', 'deadlineMs'), additionalProperties: false },
  else: { required: ['command'], properties: names('command', 'deadlineMs'), additionalProperties: false },
})

/** All hooks, in the order they run. `restart` replaces the supervised restart of `run`. */
export const hookNames = ['prepare', 'preActivate', 'drain', 'activate', 'restart', 'postActivate', 'undrain'] as const
export type HookName = (typeof hookNames)[number]
export const Hooks = Type.Object(
  {
    prepare: Type.Optional(Hook),
    preActivate: Type.Optional(Hook),
    drain: Type.Optional(Hook),
    activate: Type.Optional(Hook),
    restart: Type.Optional(Hook),
    postActivate: Type.Optional(Hook),
    undrain: Type.Optional(Hook),
  },
  { ...strict, default: {} },
)

/** One probe; `${NAME}` in it is replaced from the host's environment. */
export const Probe = Type.Union([
  Type.Object({ http: Type.String({ minLength: 1, description: 'URL; 2xx is ready' }) }, strict),
  Type.Object(
    { tcp: Type.String({ pattern: '^.+:.+$', description: 'host:port that must accept a connection' }) },
    strict,
  ),
  Type.Object({ command: CommandLine }, strict),
])
export type Probe = Static<typeof Probe>

export const Readiness = Type.Object(
  {
    probes: Type.Array(Probe, { default: [], description: 'All must pass, in one round.' }),
    intervalMs: DeadlineMs(500, 'Time between two rounds.'),
    timeoutMs: DeadlineMs(2_000, 'One probe counts as failed after this time.'),
    successes: Type.Integer({ minimum: 1, maximum: 1000, default: 2, description: 'Rounds in a row that must pass.' }),
    // Without a default, so that a manifest that does not ask for it is one that older agents read as well.
    minHealthyTimeMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86_400_000,
        description:
          'After `successes`, the probes go on and must all pass for so much longer; without probes, the process must stay up so long. A round that fails starts over. 0 when left out.',
      }),
    ),
    healthyDeadlineMs: DeadlineMs(60_000, 'The host has failed when it is not ready after this time.'),
  },
  { ...strict, default: {} },
)
export type Readiness = Static<typeof Readiness>

export const Run = Type.Object(
  {
    command: CommandLine,
    environment: Type.Record(Type.String(), Type.String(), { default: {} }),
    stopSignal: Type.Union([Type.Literal('SIGTERM'), Type.Literal('SIGINT'), Type.Literal('SIGQUIT')], {
      default: 'SIGTERM',
    }),
    stopDeadlineMs: DeadlineMs(10_000, 'SIGKILL follows the stop signal after this time.'),
  },
  { ...strict, description: 'The process the agent supervises; runs in `<path>/current`.' },
)
export type Run = Static<typeof Run>

/** The app's own `/metrics` page, which the agent reads as long as the release is live. */
export const Scrape = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://',
      examples: ['http://127.0.0.1:8080/metrics'],
      description:
        'Page in the text format of Prometheus; as in probes, variables of the host’s environment are replaced.',
    }),
    periodMs: Type.Integer({
      minimum: 1_000,
      maximum: 3_600_000,
      default: 10_000,
      description: 'Time between two readings; windows are of 10 s, so that more often shows little more.',
    }),
  },
  strict,
)
export type Scrape = Static<typeof Scrape>

export const Deploy = Type.Object(
  {
    path: Type.String({ pattern: '^/[^\\u0000]*$', description: 'Holds releases/, current and shared/.' }),
    keep: Type.Integer({ minimum: 1, maximum: 100, default: 5, description: 'Releases that stay on a host.' }),
    // Without a default, so that a manifest that does not ask for it is one that older agents read as well.
    user: Type.Optional(
      Type.String({
        pattern: '^[a-z_][a-z0-9_.-]{0,31}$',
        description:
          'User of the hosts as whom hooks, command probes and `run` run; as the agent does when left out. Releases stay the agent’s, `shared/` becomes this user’s.',
      }),
    ),
    run: Type.Optional(Run),
    hooks: Hooks,
    readiness: Readiness,
    // Without a default, so that a manifest that does not ask for it is one that older agents read as well.
    scrape: Type.Optional(Scrape),
  },
  strict,
)
export type Deploy = Static<typeof Deploy>

export const Artifact = Type.Object(
  {
    fileName: Type.String({ pattern: '^[A-Za-z0-9._-]+$' }),
    format: Type.Union([Type.Literal('tar'), Type.Literal('tar+zstd')]),
    bytes: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the whole file' }),
    infoHash: Type.String({ pattern: '^[0-9a-f]{40}$' }),
    unpackedBytes: Type.Integer({
      minimum: 0,
      description: 'Sum of the file sizes; unpacking stops when it is exceeded.',
    }),
    entries: Type.Integer({ minimum: 0, description: 'Files, directories and links.' }),
  },
  strict,
)
export type Artifact = Static<typeof Artifact>

/** A release: an immutable, signed description of one artifact and how to run it. */
export const ReleaseManifest = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    releaseId: Type.String({ pattern: ReleaseIdPattern }),
    app: Type.String({ pattern: AppNamePattern }),
    revision: Type.String({
      minLength: 1,
      description: 'Full commit id, or `sha256:…` of the artifact for a directory.',
    }),
    createdAtMs: Type.Integer({ minimum: 0 }),
    artifact: Artifact,
    deploy: Deploy,
  },
  strict,
)
export type ReleaseManifest = Static<typeof ReleaseManifest>

/** The manifest's bytes as they are signed, stored and sent; keys in the schema's order, so equal manifests are equal bytes. */
export function encodeManifest(manifest: ReleaseManifest): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(manifest))
}

/**
 * Reads a manifest from its bytes.
 * @throws {RookeryError} RELEASE_CORRUPT that names the field.
 */
export function decodeManifest(bytes: Uint8Array): ReleaseManifest {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new RookeryError('RELEASE_CORRUPT', 'the release manifest is not JSON', { cause: error })
  }
  const issues = schemaIssues(value, ReleaseManifest)
  if (issues.length > 0) {
    const faults = issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
    throw new RookeryError(
      'RELEASE_CORRUPT',
      `the release manifest is invalid: ${faults.map((fault) => `${fault.field} ${fault.message}`).join('; ')}`,
      {
        issues: faults,
      },
    )
  }
  return value as ReleaseManifest
}

/** Ed25519 signature (RFC 8032) over the manifest's bytes. */
export function signManifest(manifest: Uint8Array, privateKey: KeyObject): Uint8Array {
  return sign(null, manifest, privateKey)
}

/**
 * Refuses a manifest that none of the trusted keys signed.
 * @param trustedKeys Ed25519 public keys as PEM.
 * @throws {RookeryError} SIGNATURE_INVALID.
 */
export function verifyManifest(manifest: Uint8Array, signature: Uint8Array, trustedKeys: readonly string[]): void {
  const trusted = trustedKeys.some((pem) => verify(null, manifest, createPublicKey(pem), signature))
  if (!trusted) throw new RookeryError('SIGNATURE_INVALID', 'the release manifest is not signed by a trusted key')
}

/** The public keys of a text that holds them as PEM, one after the other, and maybe more. */
export function pemPublicKeys(text: string): string[] {
  return text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? []
}

/** Short name of a signing key for people: the first 16 hex digits of the SHA-256 of its DER form. */
export function keyFingerprint(pem: string): string {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}
