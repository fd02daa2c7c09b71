import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import { packageRoot } from '../package-root.ts'

const run = promisify(execFile)

/** A git repository of the example app with its two revisions, each with the version it answers. */
export interface ExampleRepository {
  readonly path: string
  readonly revisions: readonly { readonly commit: string; readonly version: string }[]
}

/** Fixed, so that the same example gives the same commits, and a second start finds the releases of the first. */
const commitDate = '2026-01-01T00:00:00Z'

/**
 * Makes `<directory>/example-repository` from examples/hello: one commit as it is, and one that changes what it answers.
 * @throws {RookeryError} SOURCE_UNAVAILABLE when git is missing or fails.
 */
export async function makeExampleRepository(directory: string): Promise<ExampleRepository> {
  const path = join(directory, 'example-repository')
  const temporary = await mkdtemp(join(directory, '.example-repository-'))
  try {
    const source = join(packageRoot(), 'examples', 'hello')
    const built = join(source, 'build')
    await cp(source, temporary, { recursive: true, filter: (path) => path !== built })
    await git(temporary, 'init', '--quiet', '--initial-branch=main')
    const first = await commitVersion(temporary, '1.0.0', 'Answer as version 1')
    const second = await commitVersion(temporary, '2.0.0', 'Answer as version 2')
    await rm(path, { recursive: true, force: true })
    await rename(temporary, path)
    return { path, revisions: [first, second] }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function commitVersion(repository: string, version: string, message: string) {
  const file = join(repository, 'package.json')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/"version": "[^"]*"/, `"version": "${version}"`))
  await git(repository, 'add', '--all')
  await git(repository, 'commit', '--quiet', '--allow-empty', '--message', message)
  return { commit: (await git(repository, 'rev-parse', 'HEAD')).trim(), version }
}

async function git(directory: string, ...args: string[]): Promise<string> {
  const fixed = ['-c', 'commit.gpgsign=false', '-c', 'core.autocrlf=false', '-c', 'core.hooksPath=/dev/null']
  try {
    const { stdout } = await run('git', [...fixed, ...args], { cwd: directory, env: gitEnvironment() })
    return stdout
  } catch (error) {
    throw new RookeryError('SOURCE_UNAVAILABLE', `the example's repository: git ${args[0]}: ${errorMessage(error)}`, {
      cause: error,
    })
  }
}

/** Without the user's own git settings, and without those of a git hook we may run in. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  const person = { NAME: 'Rookery', EMAIL: 'rookery@example.invalid', DATE: commitDate }
  const identity = Object.entries(person).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ])
  const isolation = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  return { ...Object.fromEntries([...inherited, ...identity]), ...isolation }
}
