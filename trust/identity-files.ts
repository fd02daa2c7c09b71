import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileDurably } from '../runtime/durable-file.ts'
import { errorMessage, RookeryError, systemErrorCode } from '../runtime/errors.ts'
import type { Credentials } from './tls-identity.ts'
import { checkedBundle, pemCertificates, type TrustBundle } from './trust-bundle.ts'

interface KeptIdentity {
  readonly credentials: Credentials
  readonly bundle: TrustBundle
  /** Id of the join token. */
  readonly joinedWith: string | undefined
}

/**
 * What a host or service keeps of its enrolment: `<data>/identity/identity.pem` (key and certificate chain in one file, so
 * that a renewal is one rename), `bundle.json`, `joined-with`, and
 * `release-keys.pem`, the keys whose releases it takes.
 */
export class IdentityFiles {
  readonly #directory: string

  constructor(dataDirectory: string) {
    this.#directory = identityDirectory(dataDirectory)
  }

  /** Undefined before the enrolment. @throws {RookeryError} IDENTITY_INVALID when a file is not what we wrote. */
  async load(): Promise<KeptIdentity | undefined> {
    const [pem, bundle] = [await this.#read('identity.pem'), await this.#read('bundle.json')]
    if (pem === undefined || bundle === undefined) return undefined
    const joinedWith = await this.#read('joined-with')
    return { credentials: parseCredentials(pem), bundle: this.#parseBundle(bundle), joinedWith }
  }

  async keepJoinedWith(tokenId: string): Promise<void> {
    await writeFileDurably(join(this.#directory, 'joined-with'), tokenId)
  }

  async keepCredentials({ key, certificate }: Credentials): Promise<void> {
    await writeFileDurably(join(this.#directory, 'identity.pem'), key + certificate, 0o600)
  }

  async keepBundle(bundle: TrustBundle): Promise<void> {
    await writeFileDurably(join(this.#directory, 'bundle.json'), JSON.stringify(bundle), 0o600)
  }

  /** Once, with the enrolment: later keys are the operator's to bring (`trustedKeysFile`). */
  async keepReleaseKeys(pem: string): Promise<void> {
    await writeFileDurably(releaseKeysPath(this.#directory), pem)
  }

  #parseBundle(text: string): TrustBundle {
    try {
      return checkedBundle(JSON.parse(text))
    } catch (error) {
      throw new RookeryError('IDENTITY_INVALID', `${this.#directory}/bundle.json: ${errorMessage(error)}`)
    }
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#directory, name), 'utf8')
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined
      throw error
    }
  }
}

function identityDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'identity')
}

function releaseKeysPath(directory: string): string {
  return join(directory, 'release-keys.pem')
}

function parseCredentials(pem: string): Credentials {
  const key = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]*?-----END (?:EC |RSA )?PRIVATE KEY-----/.exec(pem)?.[0]
  if (key === undefined) throw new RookeryError('IDENTITY_INVALID', 'identity.pem holds no private key')
  return { key: `${key}\n`, certificate: pemCertificates(pem).join('') }
}
