import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Every entry of a tree by its path: what it is, whether it is executable, and what it holds. Owners and times do not count. */
export function treeDigest(root: string, leaveOut: (path: string) => boolean = () => false): Map<string, string> {
  const entries = new Map<string, string>()
  const visit = (below: string) => {
    for (const name of readdirSync(join(root, below))) {
      const path = below === '' ? name : `${below}/${name}`
      if (leaveOut(path)) continue
      const stats = lstatSync(join(root, path))
      if (stats.isDirectory()) {
        entries.set(path, 'directory')
        visit(path)
      } else if (stats.isSymbolicLink()) entries.set(path, `link to ${readlinkSync(join(root, path))}`)
      else {
        const digest = createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')
        entries.set(path, `${stats.mode & 0o111 ? 'executable' : 'file'} ${digest}`)
      }
    }
  }
  visit('')
  return entries
}

/** Paths whose entries differ, each with what both sides have. */
export function treeDifferences(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...expected.keys(), ...actual.keys()])
  return [...paths]
    .filter((path) => expected.get(path) !== actual.get(path))
    .map((path) => `${path}: ${expected.get(path)} / ${actual.get(path)}`)
}
