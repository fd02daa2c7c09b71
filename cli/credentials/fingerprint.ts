import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { errorMessage, RookeryError } from '../../runtime/errors.ts'

const deadlineMs = 10_000

/**
 * The authority behind a coordinator's certificate, when its SHA-256 fingerprint is the one that somebody was given by
 * other means. Nothing is sent but the handshake.
 * @param fingerprint 64 hex digits, colons allowed.
 * @returns its certificate as PEM.
 * @throws {RookeryError} USAGE, UNREACHABLE, IDENTITY_INVALID when no certificate that was shown has it.
 */
export async function authorityOf(url: string, fingerprint: string): Promise<string> {
  const { protocol, hostname, port } = new URL(url)
  const wanted = fingerprint.replaceAll(':', '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(wanted))
    throw new RookeryError('USAGE', '--ca-fingerprint: give a SHA-256 of 64 hex digits')
  if (protocol !== 'https:') throw new RookeryError('USAGE', `${url} is no https URL, so it shows no certificate`)
  const host = hostname.replace(/^\[|\]$/g, '')
  // Nobody is trusted yet: whose certificate it is, is what we look at.
  const servername = isIP(host) === 0 ? host : undefined
  const socket = connect({ host, port: Number(port || 443), servername, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(deadlineMs) })
    const found = chainOf(socket.getPeerCertificate(true)).find(
      ({ fingerprint256 }) => fingerprint256.replaceAll(':', '').toLowerCase() === wanted,
    )
    if (found) return new X509Certificate(found.raw).toString()
  } catch (error) {
    throw new RookeryError('UNREACHABLE', `cannot reach the coordinator at ${url}: ${errorMessage(error)}`, {
      cause: error,
    })
  } finally {
    socket.destroy()
  }
  throw new RookeryError(
    'IDENTITY_INVALID',
    `${url} shows no certificate with this fingerprint; somebody else may answer there`,
  )
}

/** From the server's own certificate to the last that it sent. */
function chainOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>()
  for (let next = certificate; next?.raw && !chain.has(next); next = next.issuerCertificate) chain.add(next)
  return [...chain]
}
