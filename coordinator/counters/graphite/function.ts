import { RookeryError } from '../../../runtime/errors.ts'
import type { Context, Line } from './values.ts'

export type Scalar = number | string | boolean

export interface Parameter {
  readonly name: string
  readonly type:
    | 'seriesList'
    | 'seriesLists'
    | 'string'
    | 'integer'
    | 'float'
    | 'interval'
    | 'node'
    | 'boolean'
    | 'aggFunc'
  readonly isOptional?: boolean
  readonly isRepeated?: boolean
}

/** What a function is called with. */
export interface Call {
  /** As it stands in the target, for the names of its lines. */
  readonly text: string
  readonly lines: readonly Line[]
  /** The lines of each argument that has any. */
  readonly lists: readonly (readonly Line[])[]
  readonly context: Context
  readonly scalars: readonly Scalar[]
}

/** One of Graphite's functions. */
export interface GraphiteFunction {
  readonly group: 'Combine' | 'Transform' | 'Calculate' | 'Filter Series' | 'Sorting' | 'Alias' | 'Special'
  readonly description: string
  readonly parameters: readonly Parameter[]
  /** In which its arguments are read; that of the call without it. */
  readonly reads?: (context: Context, scalars: readonly Scalar[]) => Context
  readonly run: (call: Call) => Line[]
}

export const lines: Parameter = { name: 'seriesList', type: 'seriesList' }
export const manyLines: Parameter = { name: 'seriesLists', type: 'seriesLists', isRepeated: true }

/** The scalar at a place. @throws {RookeryError} REQUEST_INVALID. */
export function numberAt({ text, scalars }: Pick<Call, 'text' | 'scalars'>, at: number, fallback?: number): number {
  const value = scalars[at] ?? fallback
  if (typeof value === 'number') return value
  throw new RookeryError('REQUEST_INVALID', `${text}: a number is missing`)
}

export function textAt({ text, scalars }: Pick<Call, 'text' | 'scalars'>, at: number, fallback?: string): string {
  const value = scalars[at] ?? fallback
  if (typeof value === 'string') return value
  throw new RookeryError('REQUEST_INVALID', `${text}: a text is missing`)
}
