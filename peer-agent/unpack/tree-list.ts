import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One entry of a tree as it was unpacked. `mode` has the permission bits alone. */
export type TreeEntry =
  | {
      readonly kind: 'file'
      readonly path: string
      readonly size: number
      readonly mode: number
      /** Hex. */
      readonly sha256: string
    }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

export const permissionBits = 0o7777

/**
 * The order of a walk that takes the names of a directory in code-unit order and enters each directory where it stands: so
 * the list and the disk can be read side by side, and neither has to be in memory.
 */
export function treeOrder(a: string, b: string): number {
  const [first, second] = [walkKey(a), walkKey(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

/** No name holds a zero, and nothing sorts before it: `a/b` comes right after `a`, before `a.b`. */
function walkKey(path: string): string {
  return path.replaceAll('/', '\0')
}

/** A line of JSON for each entry, in tree order. */
export function encodeTreeList(entries: readonly TreeEntry[]): string {
  const sorted = [...entries].sort((a, b) => treeOrder(a.path, b.path))
  return sorted.map((entry) => `${jsonLine(entry)}\n`).join('')
}

/** What reads lines takes these for the end of one, and JSON leaves them as they are. */
function jsonLine(entry: TreeEntry): string {
  return JSON.stringify(entry).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Reads a list entry by entry, in tree order. */
export async function* readTreeList(path: string): AsyncGenerator<TreeEntry> {
  const source = createReadStream(path)
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }))
      yield JSON.parse(line) as TreeEntry
  } finally {
    source.destroy()
  }
}
