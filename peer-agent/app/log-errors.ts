import { isAtLeast, levelOf } from '../../runtime/log-level.ts'

/** A longer line is judged by its beginning; its level stands there. */
const mostCharacters = 4_096

/**
 * How many lines of an app's output tell of an error: those that say so, and on the error output also those that tell no
 * level. A line that is cut by the end of what was read counts on either side, if it counts there.
 */
export function errorLines(output: Buffer, isErrorOutput: boolean): number {
  let errors = 0
  for (const line of output.toString('utf8').split('\n')) {
    const text = line.slice(0, mostCharacters)
    if (text.trim() === '') continue
    const level = levelOf(text)
    if (level === undefined ? isErrorOutput : isAtLeast(level, 'error')) errors++
  }
  return errors
}
