import type { Clock } from '../../../runtime/clock.ts'
import { RookeryError } from '../../../runtime/errors.ts'
import type { KeepOptions } from '../config.ts'
import type { CounterStore } from '../counter-store.ts'
import { groupValues } from '../series-groups.ts'
import { type Steps, stepsOf } from '../steps.ts'
import type { Scalar } from './function.ts'
import { functionNamed, functionNames } from './functions.ts'
import { type Expression, parseTarget } from './target.ts'
import { momentMs } from './times.ts'
import type { CounterTree } from './tree.ts'
import type { Context, Line } from './values.ts'

interface Dependencies {
  readonly store: CounterStore
  readonly tree: CounterTree
  readonly clock: Clock
}

export interface RenderRequest {
  readonly targets: readonly string[]
  readonly from: string
  readonly until: string
  readonly maxDataPoints: number
}

/** As Graphite answers with `format=json`: each value with its time in seconds. */
export interface RenderedLine {
  readonly target: string
  readonly tags: { readonly name: string }
  readonly datapoints: [value: number | null, seconds: number][]
}

const mostLines = 1_000

/** Reads targets of Graphite. */
export class Renderer {
  readonly #keep: KeepOptions
  readonly #dependencies: Dependencies

  constructor(keep: KeepOptions, dependencies: Dependencies) {
    this.#keep = keep
    this.#dependencies = dependencies
  }

  /** @throws {RookeryError} REQUEST_INVALID. */
  async render({ targets, from, until, maxDataPoints }: RenderRequest): Promise<RenderedLine[]> {
    const nowMs = this.#dependencies.clock.now()
    const [fromMs, toMs] = [momentMs(from, nowMs), momentMs(until, nowMs)]
    if (fromMs >= toMs) throw new RookeryError('REQUEST_INVALID', 'from is not before until')
    const steps = stepsOf({ fromMs, toMs, maxPoints: maxDataPoints }, this.#keep, nowMs)
    const context = { ...steps, shiftMs: 0, statistic: undefined }
    const rendered: RenderedLine[] = []
    for (const target of targets)
      for (const { name, values } of await this.#lines(parseTarget(target), context))
        rendered.push({
          target: name,
          tags: { name },
          datapoints: values.map((value, at) => [value, secondsOf(steps, at)]),
        })
    return rendered
  }

  async #lines(expression: Expression, context: Context): Promise<Line[]> {
    if (expression.is === 'path') return this.#read(expression.path, context)
    if (expression.is !== 'call') throw new RookeryError('REQUEST_INVALID', `${textOf(expression)} is no series`)
    const fn = functionNamed(expression.name)
    if (!fn)
      throw new RookeryError(
        'REQUEST_INVALID',
        `there is no function ${expression.name}; there are ${functionNames.join(', ')}`,
      )
    const scalars = expression.arguments.flatMap((argument): Scalar[] => ('value' in argument ? [argument.value] : []))
    const inner = fn.reads?.(context, scalars) ?? context
    const lists: Line[][] = []
    for (const argument of expression.arguments)
      if (!('value' in argument)) lists.push(await this.#lines(argument, inner))
    return fn.run({ text: textOf(expression), lines: lists.flat(), lists, context, scalars })
  }

  async #read(path: string, { fromMs, stepMs, length, shiftMs, statistic }: Context): Promise<Line[]> {
    const { store, tree, clock } = this.#dependencies
    const groups = await tree.groups(path)
    if (groups.length > mostLines)
      throw new RookeryError('REQUEST_INVALID', `${path} stands for more than ${mostLines} series`)
    const steps = { fromMs, stepMs, length }
    const answers = await groupValues(store, groups, {
      ...{ steps, function: statistic, percentile: 50, shiftMs, nowMs: clock.now() },
    })
    return answers.map(({ group, values }) => ({ name: group.key, path: group.key, values }))
  }
}

function secondsOf({ fromMs, stepMs }: Steps, at: number): number {
  return Math.floor((fromMs + at * stepMs) / 1_000)
}

/** As it might have been written. */
function textOf(expression: Expression): string {
  switch (expression.is) {
    case 'path':
      return expression.path
    case 'call':
      return `${expression.name}(${expression.arguments.map(textOf).join(',')})`
    case 'text':
      return `"${expression.value}"`
    case 'number':
    case 'boolean':
      return String(expression.value)
  }
}
