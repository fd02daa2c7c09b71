import { type CounterFunction, counterFunctions } from '../../../proto/http/counters.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import { summaryNamed } from './combining.ts'
import { type Call, type GraphiteFunction, lines, numberAt, textAt } from './function.ts'
import { spanMs } from './times.ts'
import { type Context, known, type Line, mapped, summarized, type Value } from './values.ts'

const factor = { name: 'factor', type: 'float' } as const
const interval = { name: 'interval', type: 'interval' } as const

/** What is made of each line by itself. */
export const transforming: Record<string, GraphiteFunction> = {
  scale: each('So many times as much', [factor], (call) => {
    const by = numberAt(call, 0)
    return (value) => value * by
  }),
  offset: each('So much more', [factor], (call) => {
    const by = numberAt(call, 0)
    return (value) => value + by
  }),
  scaleToSeconds: each('What a step has, for so many seconds', [{ name: 'seconds', type: 'float' }], (call) => {
    const by = (numberAt(call, 0) * 1_000) / call.context.stepMs
    return (value) => value * by
  }),
  absolute: each('Without its sign', [], () => Math.abs),
  invert: each('1 divided by it', [], () => (value) => (value === 0 ? null : 1 / value)),
  round: each('To so many digits', [{ name: 'precision', type: 'integer', isOptional: true }], (call) => {
    const by = 10 ** numberAt(call, 0, 0)
    return (value) => Math.round(value * by) / by
  }),
  derivative: changes('What it grew by, step by step', (grown) => grown),
  nonNegativeDerivative: changes('What it grew by; nothing where it fell', (grown) => (grown < 0 ? null : grown)),
  perSecond: changes('What it grew by in a second; nothing where it fell', (grown, { stepMs }) =>
    grown < 0 ? null : (grown * 1_000) / stepMs,
  ),
  integral: each('All so far', [], () => {
    let all = 0
    return (value) => {
      all += value
      return all
    }
  }),
  transformNull: {
    group: 'Transform',
    description: 'A value where nothing is known',
    parameters: [lines, { name: 'default', type: 'float', isOptional: true }],
    run: (call) => named(call, (line) => line.values.map((value) => value ?? numberAt(call, 0, 0))),
  },
  keepLastValue: {
    group: 'Transform',
    description: 'The last value that was known goes on',
    parameters: [lines, { name: 'limit', type: 'integer', isOptional: true }],
    run: (call) => named(call, (line) => kept(line.values, numberAt(call, 0, Number.POSITIVE_INFINITY))),
  },
  movingAverage: {
    group: 'Calculate',
    description: 'The average of the steps before, so many or so long',
    parameters: [lines, { name: 'windowSize', type: 'interval' }],
    run: (call) => {
      const [window] = call.scalars
      const ms = typeof window === 'string' ? spanMs(window) : numberAt(call, 0) * call.context.stepMs
      if (ms === undefined) throw new RookeryError('REQUEST_INVALID', `${call.text}: ${window} is no time`)
      const steps = Math.max(1, Math.round(ms / call.context.stepMs))
      const summary = summaryNamed({ ...call, scalars: [] }, 0)
      return named(call, (line) =>
        line.values.map((_, at) => summarized(line.values.slice(Math.max(0, at - steps + 1), at + 1), summary)),
      )
    },
  },
  summarize: {
    group: 'Transform',
    description: 'One value for so long, which all its steps have',
    parameters: [lines, interval, { name: 'func', type: 'aggFunc', isOptional: true }],
    run: (call) => {
      const ms = spanMs(textAt(call, 0))
      if (!ms || ms < 0) throw new RookeryError('REQUEST_INVALID', `${call.text}: ${call.scalars[0]} is no time`)
      const summary = summaryNamed(call, 1, 'sum')
      const { fromMs, stepMs } = call.context
      return named(call, ({ values }) => {
        const bucketOf = (at: number) => Math.floor((fromMs + at * stepMs) / ms)
        const buckets = Map.groupBy(values.keys(), bucketOf)
        return values.map((_, at) =>
          summarized(
            buckets.get(bucketOf(at))!.map((other) => values[other]!),
            summary,
          ),
        )
      })
    },
  },
  timeShift: {
    group: 'Transform',
    description: 'As it was so much earlier',
    parameters: [lines, { name: 'timeShift', type: 'interval' }],
    reads: (context, scalars) => {
      const ms = spanMs(String(scalars[0]))
      if (ms === undefined) throw new RookeryError('REQUEST_INVALID', `timeShift: ${scalars[0]} is no time`)
      return { ...context, shiftMs: context.shiftMs + Math.abs(ms) }
    },
    run: (call) => call.lines.map((line) => ({ ...line, name: `timeShift(${line.name},"${call.scalars[0]}")` })),
  },
  consolidateBy: {
    group: 'Special',
    description: `What is made of the windows of a step: ${counterFunctions.join(', ')}`,
    parameters: [lines, { name: 'consolidationFunc', type: 'string' }],
    reads: (context, scalars) => ({ ...context, statistic: statisticOf(String(scalars[0])) }),
    run: (call) => [...call.lines],
  },
}

/** @throws {RookeryError} REQUEST_INVALID. */
function statisticOf(name: string): CounterFunction {
  const statistic = counterFunctions.find((one) => one === (name === 'average' ? 'avg' : name) && one !== 'percentile')
  if (statistic) return statistic
  throw new RookeryError(
    'REQUEST_INVALID',
    `consolidateBy: there is no ${name}; there are ${counterFunctions.join(', ')}`,
  )
}

function each(
  description: string,
  parameters: GraphiteFunction['parameters'],
  changeOf: (call: Call) => (value: number) => Value,
): GraphiteFunction {
  return {
    ...{ group: 'Transform', description, parameters: [lines, ...parameters] },
    run: (call) => call.lines.map((line) => mapped(line, nameIn(call, line), changeOf(call))),
  }
}

function changes(description: string, of: (grown: number, context: Context) => Value): GraphiteFunction {
  return {
    ...{ group: 'Transform', description, parameters: [lines] },
    run: (call) =>
      named(call, ({ values }) =>
        values.map((value, at) => {
          const before = values[at - 1]
          return value === null || before === undefined || before === null ? null : of(value - before, call.context)
        }),
      ),
  }
}

function named(call: Call, valuesOf: (line: Line) => readonly Value[]): Line[] {
  return call.lines.map((line) => ({ ...line, name: nameIn(call, line), values: valuesOf(line) }))
}

/** The call with the line's own name in place of what it was asked for by. */
function nameIn({ text, scalars }: Call, line: Line): string {
  const name = text.slice(0, text.indexOf('('))
  return `${name}(${[line.name, ...scalars.map((scalar) => JSON.stringify(scalar))].join(',')})`
}

function kept(values: readonly Value[], limit: number): Value[] {
  let last: Value = null
  let missing = 0
  return values.map((value) => {
    missing = value === null ? missing + 1 : 0
    last = value ?? last
    return missing <= limit ? last : null
  })
}

/** For functions that choose lines by one figure. */
export function figureOf({ values }: Line, figure: (numbers: readonly number[]) => number): number {
  const numbers = known(values)
  return numbers.length === 0 ? Number.NEGATIVE_INFINITY : figure(numbers)
}
