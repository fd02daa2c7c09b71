import { type Static, Type } from 'typebox'
import { RolloutPolicy } from '../../planning/policy.ts'
import { AppNamePattern, CommandLine, Deploy } from '../../proto/release-manifest.ts'
import type { Issue } from '../../runtime/errors.ts'
import { checkYaml, invalidDocument, parseYaml, type YamlDocument } from '../../runtime/yaml-document.ts'
import { Notification } from '../notifications/config.ts'
import { Immune, immuneFaults } from './immune.ts'

const strict = { additionalProperties: false } as const
const BuildStep = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    run: CommandLine,
    deadlineMs: Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      default: 1_800_000,
      description: 'The step and all it started is killed after this time.',
    }),
  },
  strict,
)
export type BuildStep = Static<typeof BuildStep>

const Build = Type.Object(
  {
    steps: Type.Array(BuildStep, { default: [], description: 'Run in order, in the directory of the rookery.yml.' }),
    environment: Type.Record(Type.String(), Type.String(), { default: {}, description: 'Variables for every step.' }),
  },
  { ...strict, default: {} },
)

const Pack = Type.Object(
  {
    directory: Type.String({
      minLength: 1,
      default: '.',
      description: 'What becomes the release, relative to the rookery.yml.',
    }),
    exclude: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Globs of paths that are left out; `.git` always is.',
    }),
    compression: Type.Union([Type.Literal('zstd'), Type.Literal('none')], { default: 'zstd' }),
  },
  { ...strict, default: {} },
)
export type PackOptions = Static<typeof Pack>

export type { Notification } from '../notifications/config.ts'

/** The app's `rookery.yml`, in its source tree. docs/rookery-yml.md is generated from this schema. */
export const RookeryYml = Type.Object(
  {
    app: Type.String({
      pattern: AppNamePattern,
      description: 'Name of the app; must be the one it is registered under.',
    }),
    build: Build,
    pack: Pack,
    deploy: Deploy,
    rollout: RolloutPolicy,
    immune: Immune,
    notifications: Type.Array(Notification, { default: [] }),
  },
  strict,
)
export type RookeryYml = Static<typeof RookeryYml>

/**
 * Reads an app's rookery.yml and fills in every default.
 * @throws {RookeryError} APP_CONFIG_INVALID, one issue for each fault, with line and column.
 */
export function parseRookeryYml(text: string, fileName: string, app: string): RookeryYml {
  const document = parseYaml(text, fileName, 'APP_CONFIG_INVALID')
  const config = checkYaml(document, RookeryYml, 'APP_CONFIG_INVALID')
  const issues = crossFieldIssues(config, document, app)
  if (issues.length > 0) throw invalidDocument('APP_CONFIG_INVALID', fileName, issues)
  return config
}

/** What a schema cannot say. */
function crossFieldIssues(config: RookeryYml, document: YamlDocument, app: string): Issue[] {
  const issues: Issue[] = []
  const report = (path: (string | number)[], message: string) => {
    issues.push({ field: path.join('.'), message, ...document.locate(path, 'value') })
  }
  if (config.app !== app) report(['app'], `is ${config.app}, but the app is registered as ${app}`)
  if (config.deploy.run && config.deploy.hooks.restart) {
    report(['deploy', 'hooks', 'restart'], 'excludes deploy.run: either the agent restarts the app, or the hook does')
  }
  if (escapes(config.pack.directory)) report(['pack', 'directory'], 'must stay inside the source tree')
  if (config.deploy.path.split('/').includes('..')) report(['deploy', 'path'], 'must not contain ..')
  for (const { path, message } of immuneFaults(config.immune)) report(['immune', ...path], message)
  for (const probe of config.deploy.readiness.probes) {
    if ('http' in probe && !/^https?:\/\//.test(probe.http))
      report(['deploy', 'readiness', 'probes'], `${probe.http} is no http(s) URL`)
  }
  return issues
}

function escapes(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..')
}
