import { Ajv, type ErrorObject } from 'ajv'
import type { Static, TSchema } from 'typebox'
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { type ErrorCode, errorMessage, type Issue, RookeryError } from './errors.ts'

type Document = ReturnType<typeof parseDocument>

// Two modes: files must say what they mean; environment variables and flags are always text, so they are coerced.
const strictAjv = new Ajv({ allErrors: true, useDefaults: true, strict: false, allowUnionTypes: true })
const coercingAjv = new Ajv({
  allErrors: true,
  useDefaults: true,
  strict: false,
  allowUnionTypes: true,
  coerceTypes: true,
})

/** Longer than any configuration that a person keeps. */
const maxTextLength = 1024 * 1024
/** A file that is no YAML at all has a fault in every line. */
const mostIssues = 50
/** Aliases of aliases grow without end. */
const maxAliasCount = 100

/** A parsed YAML file that still knows where each field stands, for errors with line and column. */
export interface YamlDocument {
  readonly fileName: string
  readonly value: unknown
  /** 1-based position of the field at `path`, or of its nearest ancestor that the file holds. */
  locate(path: readonly (string | number)[], target: 'key' | 'value'): { line: number; column: number }
}

/** @throws {RookeryError} with `code` when the text is not YAML, is not a mapping, or repeats a key. */
export function parseYaml(text: string, fileName: string, code: ErrorCode): YamlDocument {
  const refused = (message: string) => invalidDocument(code, fileName, [{ field: '', message }])
  if (text.length > maxTextLength) throw refused(`longer than ${maxTextLength} characters`)
  const lineCounter = new LineCounter()
  let document: ReturnType<typeof parseDocument>
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, logLevel: 'error' })
  } catch (error) {
    // What is nested thousands deep is more than the parser's stack holds.
    throw refused(`cannot be read as YAML: ${errorMessage(error)}`)
  }
  if (document.errors.length > 0) {
    const issues = document.errors.map((error) => {
      const { line, col } = lineCounter.linePos(error.pos[0])
      return { field: '', message: error.message, line, column: col }
    })
    throw invalidDocument(code, fileName, issues)
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount }) ?? {}
  } catch (error) {
    throw refused(errorMessage(error))
  }
  return {
    fileName,
    value,
    locate: (path, target) => locate(document, lineCounter, path, target),
  }
}

/**
 * Checks a document against a schema and fills in its defaults. Unknown keys are refused wherever the schema
 * says `additionalProperties: false`.
 * @throws {RookeryError} with `code`, one issue for each fault: field, line, column, and what was expected.
 */
export function checkYaml<S extends TSchema>(document: YamlDocument, schema: S, code: ErrorCode): Static<S> {
  const value = structuredClone(document.value)
  const issues = schemaIssues(value, schema).map((issue) => {
    const { line, column } = document.locate(issue.path, issue.target)
    return { field: issue.path.join('.'), message: issue.message, line, column }
  })
  if (issues.length > 0) throw invalidDocument(code, document.fileName, issues)
  return value as Static<S>
}

/** An issue found in a value that did not come from a file. */
export interface SchemaIssue {
  readonly path: (string | number)[]
  readonly target: 'key' | 'value'
  readonly message: string
}

/** Validates `value`, filling in defaults in place; with `coerce`, text becomes the number or boolean the schema asks for. */
export function schemaIssues(value: unknown, schema: TSchema, options: { coerce?: boolean } = {}): SchemaIssue[] {
  const validate = (options.coerce ? coercingAjv : strictAjv).compile(schema)
  if (validate(value)) return []
  // A failed branch of a union adds an error for the union too; the most specific ones say enough.
  const errors = (validate.errors ?? []).filter((error) => error.keyword !== 'if')
  const specific = errors.filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'oneOf')
  return dedupe((specific.length > 0 ? specific : errors).map(describe))
}

export function invalidDocument(code: ErrorCode, fileName: string, all: readonly Issue[]): RookeryError {
  const issues = all.slice(0, mostIssues)
  const more = all.length > issues.length ? [`… and ${all.length - issues.length} more`] : []
  const lines = issues.map((issue) => {
    const place = issue.line === undefined ? fileName : `${fileName}:${issue.line}:${issue.column}`
    return `${place}: ${issue.field ? `${issue.field}: ` : ''}${issue.message}`
  })
  return new RookeryError(code, [...lines, ...more].join('\n'), { issues })
}

function describe(error: ErrorObject): SchemaIssue {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      return { path: [...path, String(params.additionalProperty)], target: 'key', message: 'unknown key' }
    case 'required':
      return { path: [...path, String(params.missingProperty)], target: 'value', message: 'is required' }
    case 'enum':
      return { path, target: 'value', message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
    case 'const':
      return { path, target: 'value', message: `must be ${JSON.stringify(params.allowedValue)}` }
    default:
      return { path, target: 'value', message: error.message ?? 'is invalid' }
  }
}

function dedupe(issues: SchemaIssue[]): SchemaIssue[] {
  const seen = new Set<string>()
  return issues.filter((issue) => {
    const id = `${issue.path.join('.')} ${issue.message}`
    return seen.has(id) ? false : seen.add(id)
  })
}

function locate(
  document: Document,
  lineCounter: LineCounter,
  path: readonly (string | number)[],
  target: 'key' | 'value',
) {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(document, path.slice(0, length), target)
    if (offset === undefined) continue
    const { line, col } = lineCounter.linePos(offset)
    return { line, column: col }
  }
  return { line: 1, column: 1 }
}

function offsetOf(document: Document, path: readonly (string | number)[], target: 'key' | 'value'): number | undefined {
  const parent = path.length > 0 ? document.getIn(path.slice(0, -1), true) : undefined
  if (target === 'key' && isMap(parent)) {
    const pair = parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === path.at(-1))
    return (pair?.key as Node | undefined)?.range?.[0]
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return (node as Node | undefined)?.range?.[0]
}
