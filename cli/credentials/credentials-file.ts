import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { writeFileDurably } from '../../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../../runtime/errors.ts'
import type { Cli } from '../invocation.ts'

/** What opens one coordinator. */
export interface Credential {
  readonly token: string
  /** Certificates to trust there, as PEM; the system's own without it. */
  readonly authorities?: string
  /** The directory of the `rookery up` that put it here and takes it away at its end. */
  readonly flock?: string
  /** What stood here before that, and is put back. */
  readonly displaced?: Credential
}

type Credentials = Readonly<Record<string, Credential>>

/** Whether others than its owner may read or write it. */
const othersMask = 0o077

/**
 * The file with the user's credentials, by URL of the coordinator. Undefined in an environment without a home.
 * @throws {RookeryError} CONFIG_INVALID for a file that is damaged.
 */
export class CredentialsFile {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static of({ environment }: Pick<Cli, 'environment'>): CredentialsFile | undefined {
    const { XDG_CONFIG_HOME: configHome, HOME: home } = environment
    // A relative path there is to be ignored (XDG Base Directory Specification).
    const base = configHome && isAbsolute(configHome) ? configHome : home && join(home, '.config')
    return base ? new CredentialsFile(join(base, 'rookery', 'credentials.json')) : undefined
  }

  async find(url: string): Promise<Credential | undefined> {
    return (await this.#read())[keyOf(url)]
  }

  async put(url: string, credential: Credential): Promise<void> {
    await this.#write({ ...(await this.#read()), [keyOf(url)]: credential })
  }

  /** @returns whether there was one. */
  async remove(url: string): Promise<boolean> {
    const { [keyOf(url)]: removed, ...others } = await this.#read()
    if (removed) await this.#write(others)
    return removed !== undefined
  }

  /** Why what it holds must not be used: others could have read it, or put in their own; undefined when all is well. */
  async fault(): Promise<string | undefined> {
    const found = await stat(this.path).catch(() => undefined)
    if (!found || (found.mode & othersMask) === 0) return undefined
    return `${this.path} is not used: others than you may read or change it; revoke the tokens in it, or chmod 600 it`
  }

  async #read(): Promise<Credentials> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return {}
      throw new RookeryError('FILE_UNREADABLE', `cannot read ${this.path}: ${errorMessage(error)}`, { cause: error })
    }
    try {
      return parsed(JSON.parse(text))
    } catch {
      throw new RookeryError('CONFIG_INVALID', `${this.path} holds no credentials: delete it, and rookery login again`)
    }
  }

  async #write(credentials: Credentials): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
    await writeFileDurably(this.path, `${JSON.stringify(credentials, undefined, 2)}\n`, 0o600)
  }
}

/** One coordinator has one origin, however its URL is written. */
function keyOf(url: string): string {
  return new URL(url).origin
}

function parsed(value: unknown): Credentials {
  const isObject = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null
  const isCredential = (item: unknown) => isObject(item) && typeof item.token === 'string'
  if (isObject(value) && Object.values(value).every(isCredential)) return value as unknown as Credentials
  throw new Error('not credentials')
}
