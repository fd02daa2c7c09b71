import { readFile } from 'node:fs/promises'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'
import type { Endpoint } from '../api-client/http.ts'
import type { Cli } from '../invocation.ts'
import { CredentialsFile } from './credentials-file.ts'

interface Options {
  readonly url: string
  readonly tokenFile?: string
  readonly caFile?: string
}

/**
 * The coordinator with the credentials for it: of --token-file, else ROOKERY_TOKEN, else the user's file; what to trust of
 * --ca-file, else ROOKERY_CA_FILE, else the user's file. `warn` is told what is odd about them.
 */
export async function findEndpoint(
  { url, tokenFile, caFile }: Options,
  cli: Pick<Cli, 'environment'>,
  warn: (text: string) => void,
): Promise<Endpoint> {
  const { ROOKERY_TOKEN, ROOKERY_CA_FILE } = cli.environment
  const stored = await storedCredential(url, cli, warn)
  const token = tokenFile === undefined ? ROOKERY_TOKEN || stored?.token : await readTokenFile(tokenFile)
  const authoritiesFile = caFile ?? (ROOKERY_CA_FILE || undefined)
  const authorities = authoritiesFile === undefined ? stored?.authorities : await readAuthorities(authoritiesFile)
  if (token !== undefined && isInClear(url))
    warn(`! the token goes to ${url} unencrypted, for everybody on the way to read`)
  return { url, token, authorities }
}

/** @throws {RookeryError} FILE_UNREADABLE, USAGE. */
export async function readTokenFile(file: string): Promise<string> {
  return parseTokenText(await readText(file, 'the token file'), `the token file ${file}`)
}

/** @throws {RookeryError} FILE_UNREADABLE, USAGE. */
export async function readAuthorities(file: string): Promise<string> {
  const text = await readText(file, 'the CA file')
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new RookeryError('USAGE', `the CA file ${file} holds no PEM certificate`)
}

/** @throws {RookeryError} USAGE. */
export function parseTokenText(text: string, where: string): string {
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new RookeryError('USAGE', `${where} must hold one token of printable characters`)
}

async function storedCredential(url: string, cli: Pick<Cli, 'environment'>, warn: (text: string) => void) {
  if (!URL.canParse(url)) return undefined
  const file = CredentialsFile.of(cli)
  const fault = await file?.fault()
  if (fault !== undefined) warn(`! ${fault}`)
  return fault === undefined ? file?.find(url) : undefined
}

/** Over plain HTTP to another machine. */
function isInClear(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${what} ${file}: ${errorMessage(error)}`, { cause: error })
  }
}
