/** One line of Prometheus' text format, version 0.0.4, or of OpenMetrics. */
export interface PrometheusSample {
  readonly name: string
  /** `key:value`, in the order they stand. */
  readonly labels: readonly string[]
  readonly value: number
  /** Of the family it belongs to. */
  readonly type: PrometheusType
}

export type PrometheusType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped'

const types = new Set(['counter', 'gauge', 'histogram', 'summary'])
const familySuffixes = /_(bucket|count|sum|total|created)$/
const sampleStart = /([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*/y
const label = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(,?)/y

/**
 * Reads what a `/metrics` page says. Timestamps and exemplars are passed over.
 * @returns the samples, and how many lines could not be read.
 */
export function readPrometheusText(text: string): { samples: PrometheusSample[]; malformed: number } {
  const typeOf = new Map<string, PrometheusType>()
  const samples: PrometheusSample[] = []
  let malformed = 0
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim()
    if (trimmed === '') continue
    if (trimmed.startsWith('#')) {
      const [, keyword, family, type] = trimmed.split(/[ \t]+/)
      if (keyword === 'TYPE' && family !== undefined)
        typeOf.set(family, types.has(type ?? '') ? (type as PrometheusType) : 'untyped')
      continue
    }
    const sample = readSample(trimmed)
    if (!sample) malformed++
    else {
      const type = typeOf.get(sample.name) ?? typeOf.get(sample.name.replace(familySuffixes, '')) ?? 'untyped'
      samples.push({ ...sample, type })
    }
  }
  return { samples, malformed }
}

function readSample(line: string): Omit<PrometheusSample, 'type'> | undefined {
  sampleStart.lastIndex = 0
  const start = sampleStart.exec(line)
  if (!start) return undefined
  const labels: string[] = []
  let rest = sampleStart.lastIndex
  if (line[rest] === '{') {
    const end = readLabels(line, rest + 1, labels)
    if (end === undefined) return undefined
    rest = end
  }
  const value = toNumber(
    line
      .slice(rest)
      .trim()
      .split(/[ \t]+/)[0]!,
  )
  return value === undefined ? undefined : { name: start[1]!, labels, value }
}

/** @returns where the closing brace ends. */
function readLabels(line: string, start: number, labels: string[]): number | undefined {
  let position = start
  for (;;) {
    label.lastIndex = position
    const match = label.exec(line)
    if (!match) break
    labels.push(`${match[1]}:${match[2]!.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))}`)
    position = label.lastIndex
    if (match[3] === '') break
  }
  while (line[position] === ' ' || line[position] === '\t') position++
  return line[position] === '}' ? position + 1 : undefined
}

/** `+Inf` and `NaN` are numbers of the format, too. */
function toNumber(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(text)) return Number.NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}
