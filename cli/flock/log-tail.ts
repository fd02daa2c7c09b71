import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const tailBytes = 16 * 1024

interface LogObject {
  readonly level?: string
  readonly msg?: string
}

/** What of a service's log best tells why it ended: what it said last of an error, else its last line. */
export function lastWords(file: string): string {
  const lines = readTail(file).split('\n').filter(Boolean)
  const last = lines.findLastIndex(isError)
  if (last < 0) return lines.at(-1) ?? ''
  const { msg } = parsed(lines[last] ?? '')
  if (msg !== undefined) return msg
  // A refused configuration is told in a line a fault, a crash in a message above its stack.
  const sentence = lines.slice(last).filter((line) => !/^\s|^Node\.js v/.test(line))
  return sentence.join('; ').replace(/^rookery \w+: /, '')
}

/** The service's own last sentence, an error in its log, or the message above the stack of a crash. */
function isError(line: string): boolean {
  const { level } = parsed(line)
  return level === 'error' || level === 'fatal' || /^rookery \w+: /.test(line) || /^\w*Error\b.*: /.test(line)
}

function parsed(line: string): LogObject {
  try {
    return JSON.parse(line) as LogObject
  } catch {
    return {}
  }
}

function readTail(file: string): string {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const { size } = fstatSync(descriptor)
      const buffer = Buffer.alloc(Math.min(size, tailBytes))
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8')
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return ''
  }
}
