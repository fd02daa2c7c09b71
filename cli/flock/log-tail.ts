import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const tailBytes = 16 * 1024

/** The last line of a service's log for people: the message of its JSON, or the line itself. Empty when there is none. */
export function lastLine(file: string): string {
  const line = readTail(file).trimEnd().split('\n').at(-1) ?? ''
  try {
    return (JSON.parse(line) as { msg?: string }).msg ?? line
  } catch {
    return line
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
