import type { Clock } from '../runtime/clock.ts'
import { RookeryError } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { FileLook, readText } from './file-look.ts'
import type { Identity } from './identity.ts'
import { identityName } from './identity.ts'
import { TlsIdentity } from './tls-identity.ts'
import { checkedBundle, pemCertificates, type TrustBundle } from './trust-bundle.ts'

export interface IdentityPaths {
  readonly certificateFile: string
  readonly keyFile: string
  readonly authoritiesFile: string
}

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

/** The identity of a fleet that has an authority of its own: files that others write and renew. */
export class ProvidedIdentity implements Component {
  readonly name = 'identity'
  readonly tls: TlsIdentity
  readonly #paths: IdentityPaths
  readonly #dependencies: Dependencies
  readonly #fileLook: FileLook

  private constructor(tls: TlsIdentity, paths: IdentityPaths, dependencies: Dependencies) {
    this.tls = tls
    this.#paths = paths
    this.#dependencies = dependencies
    this.#fileLook = new FileLook(() => this.#look(), dependencies)
  }

  /** @throws {RookeryError} FILE_UNREADABLE, IDENTITY_INVALID. */
  static async open(own: Identity, paths: IdentityPaths, dependencies: Dependencies): Promise<ProvidedIdentity> {
    const { key, certificate, authorities } = await readFiles(paths)
    const bundle = checkedBundle({ version: 0, authorities, revokedSerials: [] })
    const tls = new TlsIdentity({ key, certificate }, bundle, dependencies.clock)
    const reason = tls.refuseOther(tls.certificate, own)
    if (reason !== undefined)
      throw new RookeryError('IDENTITY_INVALID', `${paths.certificateFile} is not for ${identityName(own)}: ${reason}`)
    return new ProvidedIdentity(tls, paths, dependencies)
  }

  async start(): Promise<void> {
    this.#fileLook.start()
  }

  stop(): Promise<void> {
    return this.#fileLook.stop()
  }

  /** Revocations still come from the coordinator; the authorities are those of the file. */
  takeBundle(value: unknown): void {
    const { version, revokedSerials } = checkedBundle(value)
    const { authorities } = this.tls.bundle
    this.tls.replaceBundle({ version, revokedSerials, authorities })
  }

  async #look(): Promise<void> {
    const { key, certificate, authorities } = await readFiles(this.#paths)
    const { tls } = this
    if (certificate !== tls.current.certificate || key !== tls.current.key) {
      tls.replaceCredentials({ key, certificate })
      this.#dependencies.logger.info({ validTo: tls.certificate.validTo }, 'certificate exchanged')
    }
    if (authorities.join() !== tls.current.authorities.join()) tls.replaceAuthorities(authorities)
  }
}

async function readFiles({ certificateFile, keyFile, authoritiesFile }: IdentityPaths) {
  const [certificate, key, authorities] = await Promise.all([certificateFile, keyFile, authoritiesFile].map(readText))
  return { certificate: certificate!, key: key!, authorities: pemCertificates(authorities!) } satisfies {
    certificate: string
    key: string
    authorities: TrustBundle['authorities']
  }
}
