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
  const isForeign = origin !== undefined && !isOwnOrigin(origin, host, ownNames)
  if (isForeign || site === 'cross-site' || site === 'same-site')
    throw new RookeryError('FORBIDDEN', 'pages of other servers may not call this one')
  if (!isOpen) return
  const name = host === undefined ? '' : hostnameOf(host)
  if (!isLoopback(name) && !ownNames.includes(name)) {
    const sentence = `access is open, so only loopback names are answered to, and ${JSON.stringify(name)} is none`
    throw new RookeryError('FORBIDDEN', sentence)
  }
}

/** The server's own pages, by the name that the browser knows or the one that a proxy before us is known by. */
function isOwnOrigin(origin: string, host: string | undefined, ownNames: readonly string[]): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  return url.host === host || ownNames.includes(url.hostname)
}

function hostnameOf(host: string): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
}
