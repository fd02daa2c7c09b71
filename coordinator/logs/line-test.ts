import { stripVTControlCharacters } from 'node:util'
import { createContext, Script } from 'node:vm'
import type { LogQuery } from '../../proto/http/logs.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import { isAtLeast, type LineLevel, levelOf } from '../../runtime/log-level.ts'

/** Which of these lines are wanted. */
export type LineTest = (lines: readonly string[]) => boolean[]

/** A pattern may take so long for the lines of some megabytes; one that backtracks for ever holds everybody up. */
const patternDeadlineMs = 250

/**
 * What a query asks of single lines; undefined when it asks nothing of them.
 * @throws {RookeryError} REQUEST_INVALID for a pattern that is none; the test throws it for one that takes too long.
 */
export function lineTest({ level, text, regex }: Pick<LogQuery, 'level' | 'text' | 'regex'>): LineTest | undefined {
  if (level === undefined && text === undefined) return undefined
  const holds = text === undefined ? undefined : regex ? patternTest(text) : plainTest(text)
  return (lines) => {
    const isLevel = lines.map((line) => level === undefined || hasLevel(line, level))
    if (!holds) return isLevel
    const rest = lines.filter((_, index) => isLevel[index])
    const held = holds(rest.map(withoutColours))
    let next = 0
    return isLevel.map((is) => is && held[next++]!)
  }
}

function plainTest(text: string): LineTest {
  return (lines) => lines.map((line) => line.includes(text))
}

function patternTest(source: string): LineTest {
  const script = new Script('lines.map((line) => pattern.test(line))')
  const pattern = compiled(source)
  return (lines) => {
    if (lines.length === 0) return []
    try {
      // Only a script of its own can be stopped in the middle of a match.
      const context = createContext({ lines, pattern })
      return script.runInContext(context, { timeout: patternDeadlineMs }) as boolean[]
    } catch (error) {
      throw new RookeryError('REQUEST_INVALID', `text: ${source} takes too long to match`, { cause: error })
    }
  }
}

function compiled(source: string): RegExp {
  try {
    return new RegExp(source)
  } catch (error) {
    throw new RookeryError('REQUEST_INVALID', `text: ${errorMessage(error)}`, { cause: error })
  }
}

function hasLevel(line: string, least: LineLevel): boolean {
  const level = levelOf(line)
  return level === undefined || isAtLeast(level, least)
}

function withoutColours(line: string): string {
  const plain = line.includes('\x1b') ? stripVTControlCharacters(line) : line
  return plain.endsWith('\r') ? plain.slice(0, -1) : plain
}
