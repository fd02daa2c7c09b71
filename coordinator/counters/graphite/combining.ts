import { RookeryError } from '../../../runtime/errors.ts'
import { percentileOf } from '../step-values.ts'
import { type Call, type GraphiteFunction, lines, manyLines, numberAt, textAt } from './function.ts'
import { combined, type Line, mapped, type Summary, summaries, summaryOf } from './values.ts'

/** Of several lines, step by step. */
export const combining: Record<string, GraphiteFunction> = {
  sumSeries: together('The sum of all', summaries.sum),
  averageSeries: together('The average of all', summaries.average),
  minSeries: together('The smallest of all', summaries.min),
  maxSeries: together('The greatest of all', summaries.max),
  diffSeries: together('The first less all others', summaries.diff),
  multiplySeries: together('The product of all', summaries.multiply),
  rangeOfSeries: together('The greatest less the smallest', summaries.range),
  stddevSeries: together('The deviation of all', summaries.stddev),
  countSeries: together('How many there are', summaries.count),
  aggregate: {
    group: 'Combine',
    description: 'What the named function makes of all',
    parameters: [lines, { name: 'func', type: 'aggFunc' }],
    run: (call) => combined(call.lines, call.text, summaryNamed(call, 0)),
  },
  percentileOfSeries: {
    group: 'Combine',
    description: 'What so many per cent are at or below',
    parameters: [lines, { name: 'n', type: 'float' }],
    run: (call) => {
      const percentile = numberAt(call, 0)
      return combined(call.lines, call.text, (values) => percentileOf(values, percentile))
    },
  },
  groupByNode: byNodes('One for each name of a node', 1),
  groupByNodes: byNodes('One for each names of the nodes', Number.POSITIVE_INFINITY),
  divideSeries: {
    group: 'Combine',
    description: 'Each by one line, or by its partner in a list that is as long',
    parameters: [
      { name: 'dividendSeriesList', type: 'seriesList' },
      { name: 'divisorSeries', type: 'seriesList' },
    ],
    run: ({ lists, text }) => {
      const [dividends = [], divisors = []] = lists
      if (divisors.length !== 1 && divisors.length !== dividends.length)
        throw new RookeryError('REQUEST_INVALID', `${text}: there must be one divisor, or one for each`)
      return dividends.map((line, at) => {
        const divisor = divisors[divisors.length === 1 ? 0 : at]!
        return mapped(line, `divideSeries(${line.name},${divisor.name})`, (value, step) =>
          divisor.values[step] ? value / divisor.values[step] : null,
        )
      })
    },
  },
  asPercent: {
    group: 'Combine',
    description: 'Each as a part of all, of another line, or of a number, in per cent',
    parameters: [lines, { name: 'total', type: 'seriesList', isOptional: true }],
    run: ({ lists, scalars, text }) => {
      const [parts = [], totals] = lists
      const [number] = scalars
      const all = combined(totals ?? parts, text, summaries.sum)[0]?.values
      return parts.map((line) =>
        mapped(line, `asPercent(${line.name})`, (value, at) => {
          const total = typeof number === 'number' ? number : all?.[at]
          return total ? (100 * value) / total : null
        }),
      )
    },
  },
}

/** Of a line's path, the nodes at these places; a negative one counts from the end. */
export function nodesOf(line: Line, places: readonly number[]): string {
  const nodes = line.path.split('.')
  return places.map((place) => nodes.at(place) ?? '').join('.')
}

/** @throws {RookeryError} REQUEST_INVALID. */
export function summaryNamed(call: Pick<Call, 'text' | 'scalars'>, at: number, fallback = 'average'): Summary {
  const name = textAt(call, at, fallback)
  const summary = summaryOf(name)
  if (summary) return summary
  throw new RookeryError(
    'REQUEST_INVALID',
    `${call.text}: there is no ${name}; there are ${Object.keys(summaries).join(', ')}`,
  )
}

function together(description: string, summary: Summary): GraphiteFunction {
  return {
    ...{ group: 'Combine', description, parameters: [manyLines] },
    run: (call) => combined(call.lines, call.text, summary),
  }
}

function byNodes(description: string, most: number): GraphiteFunction {
  const isOne = most === 1
  return {
    ...{ group: 'Combine', description },
    parameters: isOne
      ? [lines, { name: 'nodeNum', type: 'node' }, { name: 'callback', type: 'aggFunc', isOptional: true }]
      : [lines, { name: 'callback', type: 'aggFunc' }, { name: 'nodes', type: 'node', isRepeated: true }],
    run: (call) => {
      const places = call.scalars.filter((scalar) => typeof scalar === 'number').slice(0, most)
      const names = call.scalars.filter((scalar) => typeof scalar === 'string')
      const summary = summaryNamed({ ...call, scalars: names }, 0)
      const groups = Map.groupBy(call.lines, (line) => nodesOf(line, places))
      return [...groups].flatMap(([name, group]) => combined(group, name, summary))
    },
  }
}
