import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { errorMessage, RookeryError } from '../../../runtime/errors.ts'
import type { SwarmTls } from '../../../swarm/index.ts'

/** How seed and fetch take part in a torrent that is for TLS only. */
export interface CertificateOptions {
  readonly certificate?: string
  readonly key?: string
  readonly authority?: string
}

export function addCertificateOptions(command: Command): Command {
  return command
    .option('--certificate <file>', 'speak TLS with this certificate (PEM, its chain below it), and with nobody else')
    .option('--key <file>', 'its private key (PEM)')
    .option('--authority <file>', "whose certificates peers must have (PEM; default: the torrent's own ssl-cert)")
}

/** The authority that was named, PEM; undefined when none was. @throws {RookeryError} FILE_UNREADABLE, USAGE. */
export async function readAuthority({ authority }: CertificateOptions): Promise<string | undefined> {
  if (authority === undefined) return undefined
  const pem = await readText(authority)
  parseCertificate(pem, authority)
  return pem
}

/**
 * Who we are and whom we talk to, for one torrent; undefined for a plain swarm.
 * @param torrent the authority that it names, if any, stands in for one that was not given.
 * @throws {RookeryError} USAGE when the files do not belong together, or nothing says whose certificates count; FILE_UNREADABLE.
 */
export async function readTls(
  options: CertificateOptions,
  torrent: { readonly name: string; readonly sslCertificate?: string },
): Promise<SwarmTls | undefined> {
  if (options.certificate === undefined && options.key === undefined && options.authority === undefined)
    return undefined
  if (options.certificate === undefined || options.key === undefined)
    throw new RookeryError('USAGE', 'to speak TLS give both --certificate and --key')
  const authority = (await readAuthority(options)) ?? torrent.sslCertificate
  if (authority === undefined)
    throw new RookeryError(
      'USAGE',
      `the torrent ${torrent.name} names no authority (ssl-cert): give one with --authority`,
    )
  const [certificate, key] = await Promise.all([readText(options.certificate), readText(options.key)])
  checkPair(certificate, key, options.certificate)
  return {
    current: { certificate, key, authorities: [authority] },
    refuse: (peer) => refuseOther(peer, torrent.name),
    onChange: () => () => {},
  }
}

/** A certificate is for one torrent by its name, or for all by `*` (libtorrent's manual, "SSL torrents"). */
function refuseOther(certificate: X509Certificate, torrent: string): string | undefined {
  const { subject = '', subjectAltName = '' } = certificate
  const names = [...subject.matchAll(/^CN=(.*)$/gm), ...subjectAltName.matchAll(/DNS:([^,]*)/g)].map(([, name]) => name)
  return names.includes('*') || names.includes(torrent) ? undefined : `its certificate is not for ${torrent}`
}

function checkPair(certificate: string, key: string, file: string): void {
  const parsed = parseCertificate(certificate, file)
  try {
    if (parsed.checkPrivateKey(createPrivateKey(key))) return
  } catch {
    throw new RookeryError('USAGE', '--key is no private key in PEM without a passphrase')
  }
  throw new RookeryError('USAGE', `--key does not belong to the certificate ${file}`)
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new RookeryError('USAGE', `${file} is no certificate in PEM: ${errorMessage(error)}`)
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RookeryError('FILE_UNREADABLE', `cannot read ${file}: ${errorMessage(error)}`, { cause: error })
  }
}
