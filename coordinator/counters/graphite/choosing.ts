import { nodesOf } from './combining.ts'
import { type Call, type GraphiteFunction, lines, numberAt, textAt } from './function.ts'
import { figureOf } from './transforming.ts'
import { type Line, summaries } from './values.ts'

const count = { name: 'n', type: 'integer' } as const

/** Which lines are shown, in what order, and under what name. */
export const choosing: Record<string, GraphiteFunction> = {
  alias: {
    ...{ group: 'Alias', description: 'Under another name', parameters: [lines, { name: 'newName', type: 'string' }] },
    run: (call) => call.lines.map((line) => ({ ...line, name: textAt(call, 0) })),
  },
  aliasByNode: {
    ...{ group: 'Alias', description: 'Under the names of some of its nodes' },
    parameters: [lines, { name: 'nodes', type: 'node', isRepeated: true }],
    run: (call) => {
      const places = call.scalars.map((_, at) => numberAt(call, at))
      return call.lines.map((line) => ({ ...line, name: nodesOf(line, places) }))
    },
  },
  aliasByMetric: {
    ...{ group: 'Alias', description: 'Under the name of its last node', parameters: [lines] },
    run: (call) => call.lines.map((line) => ({ ...line, name: nodesOf(line, [-1]) })),
  },
  highestMax: most('The lines whose maximum is highest', (line) => figureOf(line, summaries.max)),
  highestAverage: most('The lines whose average is highest', (line) => figureOf(line, summaries.average)),
  highestCurrent: most('The lines whose last value is highest', (line) => figureOf(line, summaries.last)),
  lowestAverage: most('The lines whose average is lowest', (line) => -figureOf(line, summaries.average)),
  sortByName: sorted('In the order of their names', (a, b) => (a.name < b.name ? -1 : 1)),
  sortByMaxima: sorted('The highest maximum first', (a, b) => figureOf(b, summaries.max) - figureOf(a, summaries.max)),
  sortByTotal: sorted('The greatest sum first', (a, b) => figureOf(b, summaries.sum) - figureOf(a, summaries.sum)),
  limit: {
    ...{ group: 'Filter Series', description: 'The first ones', parameters: [lines, count] },
    run: (call) => call.lines.slice(0, numberAt(call, 0)),
  },
  exclude: containing('Those whose name does not hold the text', false),
  grep: containing('Those whose name holds the text', true),
  maximumAbove: chosen('Those that were above once', (line, limit) => figureOf(line, summaries.max) > limit),
  averageAbove: chosen('Those that are above on average', (line, limit) => figureOf(line, summaries.average) > limit),
  constantLine: {
    ...{ group: 'Special', description: 'The same value all along', parameters: [{ name: 'value', type: 'float' }] },
    run: (call) => {
      const value = numberAt(call, 0)
      return [
        { name: String(value), path: String(value), values: Array.from({ length: call.context.length }, () => value) },
      ]
    },
  },
}

function most(description: string, figure: (line: Line) => number): GraphiteFunction {
  return {
    ...{ group: 'Filter Series', description, parameters: [lines, { ...count, isOptional: true }] },
    run: (call) => [...call.lines].sort((a, b) => figure(b) - figure(a)).slice(0, numberAt(call, 0, 1)),
  }
}

function sorted(description: string, order: (a: Line, b: Line) => number): GraphiteFunction {
  return { group: 'Sorting', description, parameters: [lines], run: (call: Call) => [...call.lines].sort(order) }
}

function containing(description: string, isWanted: boolean): GraphiteFunction {
  return {
    ...{ group: 'Filter Series', description, parameters: [lines, { name: 'pattern', type: 'string' }] },
    run: (call) => call.lines.filter(({ name }) => name.includes(textAt(call, 0)) === isWanted),
  }
}

function chosen(description: string, isChosen: (line: Line, limit: number) => boolean): GraphiteFunction {
  return {
    ...{ group: 'Filter Series', description, parameters: [lines, count] },
    run: (call) => call.lines.filter((line) => isChosen(line, numberAt(call, 0))),
  }
}
