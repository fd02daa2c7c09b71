import { createPrivateKey, webcrypto } from 'node:crypto'
import type { Clock, Timer } from '../../runtime/clock.ts'
import { errorMessage } from '../../runtime/errors.ts'
import type { Component } from '../../runtime/lifecycle.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Credentials, TlsIdentity } from '../../trust/tls-identity.ts'
import type { Authority } from './authority.ts'

interface Options {
  readonly lifetimeMs: number
  /** Under which people reach it: DNS names and IP addresses. */
  readonly addresses: readonly string[]
}

interface Dependencies {
  readonly authority: Authority
  readonly clock: Clock
  readonly logger: Logger
}

const lookMs = 60_000

/** The coordinator's own certificate: made at each start, made anew when half of its time is over, never on disk. */
export class OwnIdentity implements Component {
  readonly name = 'identity'
  readonly tls: TlsIdentity
  readonly #options: Options
  readonly #dependencies: Dependencies
  #timer: Timer | undefined
  #renewing: Promise<void> = Promise.resolve()

  private constructor(tls: TlsIdentity, options: Options, dependencies: Dependencies) {
    this.tls = tls
    this.#options = options
    this.#dependencies = dependencies
  }

  static async open(options: Options, dependencies: Dependencies): Promise<OwnIdentity> {
    const { authority, clock } = dependencies
    const bundle = { version: 0, authorities: [authority.certificate], revokedSerials: [] }
    return new OwnIdentity(
      new TlsIdentity(await newCredentials(options, authority), bundle, clock),
      options,
      dependencies,
    )
  }

  async start(): Promise<void> {
    this.#timer = this.#dependencies.clock.every(lookMs, () => {
      this.#renewing = this.#renewing.then(() => this.#look())
    })
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    await this.#renewing
  }

  async #look(): Promise<void> {
    const { authority, clock, logger } = this.#dependencies
    if (this.tls.certificate.validToDate.getTime() - clock.now() > this.#options.lifetimeMs / 2) return
    try {
      this.tls.replaceCredentials(await newCredentials(this.#options, authority))
    } catch (error) {
      logger.error(`the coordinator's own certificate is not renewed: ${errorMessage(error)}`)
    }
  }
}

async function newCredentials({ lifetimeMs, addresses }: Options, authority: Authority): Promise<Credentials> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' })
  const identity = { kind: 'service', name: 'coordinator' } as const
  const { certificate } = await authority.issue({ identity, publicKey: keys.publicKey, lifetimeMs, addresses })
  return { key: key as string, certificate }
}
