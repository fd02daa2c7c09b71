import type { IncomingHttpHeaders } from 'node:http'
import { RookeryError } from '../../runtime/errors.ts'
import { isLoopback } from '../../runtime/http-server.ts'

interface Options {
  /** No credentials are asked for, so a browser's user is as good as anybody. */
  readonly isOpen: boolean
  /** Host names beside loopback ones under which this coordinator is known. */
  readonly ownNames: readonly string[]
}

/**
 * Refuses what a page from elsewhere has a browser send here: no such page may call the API (RFC 6454), and where no
 * credentials are asked for, none may pretend to be this server by a name that it had resolved to us (DNS rebinding).
 * @throws {RookeryError} FORBIDDEN.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, { isOpen, ownNames }: Options): void {
  const { origin, host, 'sec-fetch-site': site } = headers
  const isForeign = origin !== undefined && hostOf(origin) !== host
  if (isForeign || site === 'cross-site' || site === 'same-site')
    throw new RookeryError('FORBIDDEN', 'pages of other servers may not call this one')
  if (!isOpen) return
  const name = host === undefined ? '' : hostnameOf(host)
  if (!isLoopback(name) && !ownNames.includes(name)) {
    const sentence = `access is open, so only loopback names are answered to, and ${JSON.stringify(name)} is none`
    throw new RookeryError('FORBIDDEN', sentence)
  }
}

/** `example.org:7070` of an origin; undefined for `null` and the like. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function hostnameOf(host: string): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
}
