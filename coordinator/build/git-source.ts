import { execFile } from 'node:child_process'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { pathExists } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'

const run = promisify(execFile)

/** Longest a fetch from a remote repository may take. */
const gitDeadlineMs = 10 * 60_000
const maxFileBytes = 1024 * 1024
/** Of the coordinator alone; helpers that git starts have no business with them. */
const ownVariables = /^(ROOKERY_.*|NOTIFY_SOCKET|CREDENTIALS_DIRECTORY|LISTEN_.*)$/

/** A local mirror of one app's repository: fetched from, resolved in, and checked out from. */
export class GitSource {
  readonly #url: string
  readonly #mirror: string
  #updating: Promise<void> = Promise.resolve()

  constructor(url: string, mirrorDirectory: string) {
    this.#url = url
    this.#mirror = mirrorDirectory
  }

  /**
   * Brings the mirror up to date and names the commit that `revision` stands for.
   * @param revision a branch, tag, or (abbreviated) commit id.
   * @returns the full commit id.
   * @throws {RookeryError} SOURCE_UNAVAILABLE, REVISION_UNKNOWN.
   */
  async resolve(revision: string): Promise<string> {
    // A full commit id that is here already can mean nothing else, however the repository moves on.
    if (/^[0-9a-f]{40}$/.test(revision) && (await this.#holds(revision))) return revision
    await this.#updateInTurn()
    try {
      const { stdout } = await git([
        '-C',
        this.#mirror,
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      ])
      return stdout.trim()
    } catch (error) {
      throw new RookeryError(
        'REVISION_UNKNOWN',
        `the repository ${withoutPassword(this.#url)} has no revision ${JSON.stringify(revision)}`,
        { cause: error },
      )
    }
  }

  /** The text of a file at a commit, or undefined when the commit has none by that path. */
  async readFile(commit: string, path: string): Promise<string | undefined> {
    try {
      const { stdout } = await git(['-C', this.#mirror, 'show', `${commit}:${path}`])
      return stdout
    } catch {
      return undefined
    }
  }

  /** A clean working tree of exactly that commit, with its submodules. `directory` must not exist. */
  async checkOut(commit: string, directory: string): Promise<void> {
    try {
      await git(['clone', '--quiet', '--shared', '--no-checkout', '--', this.#mirror, directory])
      await git(['-C', directory, 'checkout', '--quiet', '--detach', commit])
      if (await pathExists(join(directory, '.gitmodules'))) {
        await git(['-C', directory, 'remote', 'set-url', 'origin', '--', this.#url])
        await git(['-C', directory, 'submodule', 'update', '--quiet', '--init', '--recursive'])
      }
    } catch (error) {
      throw new RookeryError('SOURCE_UNAVAILABLE', `cannot check out ${commit}: ${gitMessage(error)}`, { cause: error })
    }
  }

  /** One git at a time works on a mirror: two would fail on each other's locks. */
  #updateInTurn(): Promise<void> {
    const updated = this.#updating.then(() => this.#update())
    this.#updating = updated.catch(() => {})
    return updated
  }

  async #update(): Promise<void> {
    try {
      if (await pathExists(join(this.#mirror, 'HEAD'))) await this.#fetch()
      else await this.#clone()
      // A clone follows the remote's HEAD once; a later fetch does not.
      const { stdout } = await git(['-C', this.#mirror, 'ls-remote', '--symref', 'origin', 'HEAD'])
      const head = /^ref: (refs\/\S+)\tHEAD$/m.exec(stdout)?.[1]
      if (head) await git(['-C', this.#mirror, 'symbolic-ref', 'HEAD', head])
    } catch (error) {
      throw new RookeryError(
        'SOURCE_UNAVAILABLE',
        `cannot read the repository ${withoutPassword(this.#url)}: ${gitMessage(error)}`,
      )
    }
  }

  async #fetch(): Promise<void> {
    try {
      await git(['-C', this.#mirror, 'fetch', '--quiet', '--prune', '--force', 'origin', '+refs/*:refs/*'])
    } catch (error) {
      if (!/\.lock/.test(gitMessage(error))) throw error
      // A git that was killed left its lock, and nobody else works here: the mirror is made anew.
      await rm(this.#mirror, { recursive: true, force: true })
      await this.#clone()
    }
  }

  /** Under a temporary name first, since a clone that was cut off looks like a repository. */
  async #clone(): Promise<void> {
    const temporary = `${this.#mirror}.part`
    await rm(temporary, { recursive: true, force: true })
    await mkdir(dirname(this.#mirror), { recursive: true })
    await git(['clone', '--quiet', '--mirror', '--', this.#url, temporary])
    await rename(temporary, this.#mirror)
  }

  async #holds(commit: string): Promise<boolean> {
    return git(['-C', this.#mirror, 'cat-file', '-e', `${commit}^{commit}`]).then(
      () => true,
      () => false,
    )
  }
}

function git(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // No prompt for a password: nobody is there to answer it. Messages in English, since some are shown to users.
  const passed = Object.entries(process.env).filter(([name]) => !ownVariables.test(name))
  const env = { ...Object.fromEntries(passed), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
  return run('git', [...args], { env, timeout: gitDeadlineMs, maxBuffer: maxFileBytes })
}

function gitMessage(error: unknown): string {
  return withoutPassword((error as { stderr?: string }).stderr?.trim() || errorMessage(error))
}

/** A URL may carry a password. */
function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/)[^@/\s]+@/g, '$1[redacted]@')
}
