import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'

const run = promisify(execFile)

/** A user of this host other than the agent's own, as whom something is run. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
  /** Absolute path of setpriv(1), of util-linux, which gives up what the agent is. */
  readonly setpriv: string
}

/** Not searched for by PATH, which a release may set. */
const setprivPaths = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/sbin/setpriv', '/sbin/setpriv']
const lookupMs = 10_000

/** The user the agent runs as; its number where it has no name. */
export function ownUserName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}

/**
 * A user by name, wherever the host keeps its users. Undefined for the agent's own, as whom everything runs anyway.
 * @throws {RookeryError} NOT_ALLOWED_HERE when there is no such user, or the agent may not become it.
 */
export async function systemUser(name: string | undefined): Promise<SystemUser | undefined> {
  if (name === undefined || name === ownUserName()) return undefined
  if (process.getuid?.() !== 0)
    throw refused(name, `the agent runs as ${ownUserName()} and cannot become another; it must run as root for that`)
  const [uid, gid, home, shell] = await lookUp(name)
  const setpriv = await findSetpriv()
  if (setpriv === undefined) throw refused(name, 'setpriv of util-linux is not installed')
  return { name, uid, gid, home, shell, setpriv }
}

async function lookUp(name: string): Promise<[uid: number, gid: number, home: string, shell: string]> {
  let entry: string
  try {
    entry = (await run('getent', ['passwd', name], { timeout: lookupMs })).stdout.trim()
  } catch (error) {
    // 2: no such key (getent(1)).
    if ((error as { code?: unknown }).code === 2) throw refused(name, 'there is no such user')
    throw refused(name, `it could not be looked up: ${errorMessage(error)}`)
  }
  const [found, , uid, gid, , home, shell] = entry.split(':')
  if (found !== name || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? ''))
    throw refused(name, 'there is no such user')
  return [Number(uid), Number(gid), home || '/', shell || '/bin/sh']
}

async function findSetpriv(): Promise<string | undefined> {
  for (const path of setprivPaths) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

function refused(name: string, why: string): RookeryError {
  return new RookeryError('NOT_ALLOWED_HERE', `this host cannot run deploy.user ${name}: ${why}`)
}
