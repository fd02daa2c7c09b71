import { RookeryError } from '../../../runtime/errors.ts'

/** A target of Graphite, read: functions of paths, numbers and texts. */
export type Expression =
  | { readonly is: 'path'; readonly path: string }
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'text'; readonly value: string }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'call'; readonly name: string; readonly arguments: readonly Expression[] }

/** A target that is nested deeper was made to be deep. */
const maxDepth = 50
const number = /[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?=\s*[,)]|\s*$)/y
const text = /"([^"]*)"|'([^']*)'/y
const boolean = /(true|false)(?=\s*[,)]|\s*$)/iy
const call = /([A-Za-z_][A-Za-z0-9_]*)\s*\(/y
const space = /\s*/y

/**
 * Reads a target such as `alias(sumSeries(pools.web.shop.requests), "all")`. A path goes on to a comma or bracket that is
 * not within braces of its own.
 * @throws {RookeryError} REQUEST_INVALID that names where it stops making sense.
 */
export function parseTarget(target: string): Expression {
  const [expression, end] = parseAt(target, 0, 0)
  if (end < target.length) throw fault(target, end)
  return expression
}

function parseAt(target: string, start: number, depth: number): [Expression, number] {
  if (depth > maxDepth) throw new RookeryError('REQUEST_INVALID', 'the target is nested too deeply')
  const at = after(space, target, start)
  const asNumber = matchAt(number, target, at)
  if (asNumber) return [{ is: 'number', value: Number(asNumber[0]) }, after(space, target, number.lastIndex)]
  const asBoolean = matchAt(boolean, target, at)
  if (asBoolean)
    return [{ is: 'boolean', value: asBoolean[1]!.toLowerCase() === 'true' }, after(space, target, boolean.lastIndex)]
  const asText = matchAt(text, target, at)
  if (asText) return [{ is: 'text', value: asText[1] ?? asText[2]! }, after(space, target, text.lastIndex)]
  const asCall = matchAt(call, target, at)
  if (asCall) return parseCall(target, asCall[1]!, call.lastIndex, depth)
  const end = pathEnd(target, at)
  if (end === at) throw fault(target, at)
  return [{ is: 'path', path: target.slice(at, end) }, after(space, target, end)]
}

function parseCall(target: string, name: string, start: number, depth: number): [Expression, number] {
  const found: Expression[] = []
  let at = after(space, target, start)
  while (target[at] !== ')') {
    const [argument, end] = parseAt(target, at, depth + 1)
    found.push(argument)
    at = end
    if (target[at] === ',') at = after(space, target, at + 1)
    else if (target[at] !== ')') throw fault(target, at)
  }
  return [{ is: 'call', name, arguments: found }, after(space, target, at + 1)]
}

function pathEnd(target: string, start: number): number {
  let braces = 0
  for (let at = start; at < target.length; at++) {
    const character = target[at]!
    if (character === '{') braces++
    else if (character === '}') braces--
    else if (/[()\s"']/.test(character) || (character === ',' && braces === 0)) return at
  }
  return target.length
}

function matchAt(pattern: RegExp, target: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(target)
}

function after(pattern: RegExp, target: string, at: number): number {
  matchAt(pattern, target, at)
  return pattern.lastIndex
}

function fault(target: string, at: number): RookeryError {
  return new RookeryError(
    'REQUEST_INVALID',
    `the target cannot be read from character ${at + 1} on: ${target.slice(at, at + 40)}`,
  )
}
