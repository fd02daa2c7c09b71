import { readFile } from 'node:fs/promises'
import type { Static, TObject, TSchema } from 'typebox'
import { errorMessage, RookeryError } from './errors.ts'
import { checkYaml, invalidDocument, parseYaml, schemaIssues } from './yaml-document.ts'

interface ConfigSources {
  /** YAML file; without one, the configuration comes from environment and flags alone. */
  readonly file?: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `key.path=value` settings from the command line. */
  readonly overrides: readonly string[]
}

/**
 * Loads a service's configuration: file, then `ROOKERY_<SERVICE>_<KEY>` variables, then `--set key=value` flags;
 * the later wins. Unknown keys are refused.
 * @throws {RookeryError} CONFIG_INVALID with file, line, column and field; FILE_UNREADABLE.
 */
export async function loadConfig<S extends TObject>(
  service: string,
  schema: S,
  sources: ConfigSources,
): Promise<Static<S>> {
  const fileName = sources.file ?? '(no file)'
  const text = sources.file === undefined ? '' : await readConfigFile(sources.file)
  const document = parseYaml(text, fileName, 'CONFIG_INVALID')
  const layers = [...environmentSettings(service, schema, sources.environment), ...sources.overrides.map(parseOverride)]
  if (layers.length === 0) return checkYaml(document, schema, 'CONFIG_INVALID')

  const value = structuredClone(document.value)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return checkYaml(document, schema, 'CONFIG_INVALID')
  for (const layer of layers) setAt(value as Record<string, unknown>, layer, schema)
  // The file's own text values must not profit from the coercion that variables and flags need: coerced copies were set above.
  const issues = schemaIssues(value, schema).map((issue) => {
    const field = issue.path.join('.')
    const origin = layers.find((layer) => field === layer.path.join('.'))
    if (origin) return { field, message: `${issue.message} (set by ${origin.origin})` }
    return { field, message: issue.message, ...document.locate(issue.path, issue.target) }
  })
  if (issues.length > 0) throw invalidDocument('CONFIG_INVALID', fileName, issues)
  return value as Static<S>
}

interface Setting {
  readonly path: string[]
  readonly value: string
  readonly origin: string
}

/** One tunable of a configuration, for the generated docs page and the sample file. */
export interface ConfigField {
  readonly path: string[]
  readonly schema: TSchema & { description?: string; default?: unknown; type?: string }
  readonly required: boolean
}

/** Every leaf of a configuration schema, in the order it was written. */
export function configFields(schema: TObject, prefix: string[] = []): ConfigField[] {
  return Object.entries(schema.properties).flatMap(([key, child]) => {
    const path = [...prefix, key]
    if (isObjectSchema(child)) return configFields(child, path)
    return [{ path, schema: child, required: (schema.required as string[] | undefined)?.includes(key) ?? false }]
  })
}

/** `ROOKERY_AGENT_SESSION_URL` for `session.url` of the agent. */
export function environmentName(service: string, path: readonly string[]): string {
  const words = path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase())
  return ['ROOKERY', service.replaceAll('-', '_').toUpperCase(), ...words].join('_')
}

function environmentSettings(service: string, schema: TObject, environment: ConfigSources['environment']): Setting[] {
  return configFields(schema).flatMap((field) => {
    const name = environmentName(service, field.path)
    const value = environment[name]
    return value === undefined ? [] : [{ path: field.path, value, origin: name }]
  })
}

function parseOverride(text: string): Setting {
  const equals = text.indexOf('=')
  if (equals < 1) throw new RookeryError('USAGE', `--set ${text}: expected key.path=value`)
  return {
    path: text.slice(0, equals).split('.'),
    value: text.slice(equals + 1),
    origin: `--set ${text.slice(0, equals)}`,
  }
}

function setAt(root: Record<string, unknown>, setting: Setting, schema: TObject): void {
  let target = root
  for (const key of setting.path.slice(0, -1)) {
    if (typeof target[key] !== 'object' || target[key] === null) target[key] = {}
    target = target[key] as Record<string, unknown>
  }
  const field = configFields(schema).find((candidate) => candidate.path.join('.') === setting.path.join('.'))
  target[setting.path.at(-1)!] = field ? coerced(setting.value, field.schema) : setting.value
}

/** Text from a variable or flag as the type its field has: lists are comma-separated, the rest is coerced by JSON schema. */
function coerced(text: string, schema: ConfigField['schema']): unknown {
  if (schema.type === 'array') return text === '' ? [] : text.split(',')
  const holder = { value: text as unknown }
  schemaIssues(holder, { type: 'object', properties: { value: schema } } as TSchema, { coerce: true })
  return holder.value
}

function isObjectSchema(schema: TSchema): schema is TObject {
  return (schema as { type?: string }).type === 'object' && 'properties' in schema
}

async function readConfigFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read the configuration ${file}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}
