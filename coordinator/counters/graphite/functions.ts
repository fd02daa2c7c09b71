import { choosing } from './choosing.ts'
import { combining } from './combining.ts'
import type { GraphiteFunction } from './function.ts'
import { transforming } from './transforming.ts'

const own: Record<string, GraphiteFunction> = { ...combining, ...transforming, ...choosing }
const otherNames: Record<string, string> = {
  ...{ sum: 'sumSeries', avg: 'averageSeries', min: 'minSeries', max: 'maxSeries' },
}

/** All functions by name. */
export const functionNames = Object.keys(own)

export function functionNamed(name: string): GraphiteFunction | undefined {
  const known = otherNames[name] ?? name
  return Object.hasOwn(own, known) ? own[known] : undefined
}

/** What Graphite's `/functions` tells, which Grafana builds its menus from. */
export function functionDefinitions(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(own).map(([name, { group, description, parameters }]) => [
      name,
      {
        ...{ name, group, description, module: 'rookery' },
        function: `${name}(${parameters.map((parameter) => parameter.name).join(', ')})`,
        params: parameters.map((parameter) => ({
          ...{ name: parameter.name, type: parameter.type, required: parameter.isOptional !== true },
          ...(parameter.isRepeated && { multiple: true }),
        })),
      },
    ]),
  )
}
