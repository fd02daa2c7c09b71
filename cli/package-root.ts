import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RookeryError } from '../runtime/errors.ts'

/** Directory of the installed package: the source tree, or what npm unpacked (where this file lies below `dist/`). */
export function packageRoot(): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory
    if (directory === dirname(directory)) throw new RookeryError('INTERNAL', 'the package has no package.json')
  }
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
}
