import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Rookery's version, from the package.json above this file: one folder up in a source tree, two in the package. */
export const rookeryVersion: string = readVersion()

function readVersion(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const path = [join(here, '../package.json'), join(here, '../../package.json')].find((candidate) =>
    existsSync(candidate),
  )
  return path ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version : '0.0.0'
}
