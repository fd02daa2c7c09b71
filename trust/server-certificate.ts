import type { Server as TlsServer } from 'node:https'
import type { Clock } from '../runtime/clock.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { FileLook, readText } from './file-look.ts'
import { type Credentials, checkCredentials, type TlsIdentity } from './tls-identity.ts'

export interface CertificatePaths {
  readonly certificateFile: string
  readonly keyFile: string
}

interface Dependencies {
  readonly clock: Clock
  readonly logger: Logger
}

/** The certificate that people's browsers and command lines see: from files that others renew, or our own identity's. */
export class ServerCertificate implements Component {
  readonly name = 'certificate'
  readonly #listeners: ((credentials: Credentials) => void)[] = []
  #current: Credentials
  #look: FileLook | undefined

  private constructor(credentials: Credentials) {
    this.#current = credentials
  }

  /** @throws {RookeryError} FILE_UNREADABLE, IDENTITY_INVALID. */
  static async ofFiles(paths: CertificatePaths, dependencies: Dependencies): Promise<ServerCertificate> {
    const certificate = new ServerCertificate(await readCredentials(paths))
    certificate.#look = new FileLook(async () => {
      const credentials = await readCredentials(paths)
      if (credentials.certificate !== certificate.#current.certificate) certificate.#replace(credentials)
    }, dependencies)
    return certificate
  }

  static of(identity: TlsIdentity): ServerCertificate {
    const certificate = new ServerCertificate(identity.current)
    identity.onChange(() => certificate.#replace(identity.current))
    return certificate
  }

  /** Options of an HTTPS server. */
  get options() {
    return { key: this.#current.key, cert: this.#current.certificate, minVersion: 'TLSv1.2' as const }
  }

  /** The server shows each new one from then on. */
  keep(server: TlsServer): void {
    this.#listeners.push(() => server.setSecureContext(this.options))
  }

  async start(): Promise<void> {
    this.#look?.start()
  }

  async stop(): Promise<void> {
    await this.#look?.stop()
  }

  #replace({ key, certificate }: Credentials): void {
    this.#current = { key, certificate }
    for (const listener of this.#listeners) listener(this.#current)
  }
}

async function readCredentials({ certificateFile, keyFile }: CertificatePaths): Promise<Credentials> {
  const credentials = { certificate: await readText(certificateFile), key: await readText(keyFile) }
  checkCredentials(credentials)
  return credentials
}
