import { readFile } from 'node:fs/promises'
import type { Clock, Timer } from '../runtime/clock.ts'
import { errorMessage, RookeryError, toRookeryError } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { jittered, type Random } from '../runtime/random.ts'
import { type Enrolled, enrol, renew } from './enrolment.ts'
import { type Identity, identityName, identityOf, isSameIdentity } from './identity.ts'
import { IdentityFiles } from './identity-files.ts'
import { parseJoinToken } from './join-token.ts'
import { TlsIdentity } from './tls-identity.ts'
import { checkedBundle, type TrustBundle } from './trust-bundle.ts'

interface Options {
  readonly own: Identity
  readonly coordinatorUrl: URL
  /** File with the join token; read only where there is no identity yet. */
  readonly joinTokenFile: string | undefined
  readonly dataDirectory: string
}

interface Dependencies {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** A certificate is renewed when so much of its time is over: as much again is left for a coordinator that is away. */
const renewalShare = 0.5
const retryMs = 60_000
/** Timers hold 24 days at most, and clocks jump: the time is looked at so often. */
const longestWaitMs = 3_600_000
const jitter = 0.1

/** The identity of a host or service that enrolled with the coordinator: kept on disk, renewed by itself. */
export class EnrolledIdentity implements Component {
  readonly name = 'identity'
  readonly tls: TlsIdentity
  readonly #options: Options
  readonly #dependencies: Dependencies
  readonly #files: IdentityFiles
  #timer: Timer | undefined
  #isStopped = false
  #writing: Promise<void> = Promise.resolve()

  private constructor(tls: TlsIdentity, files: IdentityFiles, options: Options, dependencies: Dependencies) {
    this.tls = tls
    this.#files = files
    this.#options = options
    this.#dependencies = dependencies
  }

  /**
   * Loads what an earlier enrolment left, or enrols.
   * @throws {RookeryError} IDENTITY_INVALID when there is neither an identity that counts nor a join token that does; UNREACHABLE.
   */
  static async open(options: Options, dependencies: Dependencies): Promise<EnrolledIdentity> {
    const { own, dataDirectory } = options
    const files = new IdentityFiles(dataDirectory)
    const kept = await files.load()
    if (kept) {
      const tls = new TlsIdentity(kept.credentials, kept.bundle, dependencies.clock)
      const holder = identityOf(tls.certificate)
      // A machine that was given another name, or a copied disk, must not go on under the old one.
      const isOwn = holder !== undefined && isSameIdentity(holder, own)
      if (isOwn && tls.refuse(tls.certificate) === undefined)
        return new EnrolledIdentity(tls, files, options, dependencies)
      const reason = isOwn ? tls.refuse(tls.certificate) : `it is for ${holder ? identityName(holder) : 'nobody'}`
      dependencies.logger.warn(`the identity in ${dataDirectory} is of no use (${reason}): enrolling anew`)
    }
    const enrolled = await enrolAnew(options, dependencies)
    await keep(files, enrolled)
    await files.keepReleaseKeys(enrolled.releaseKeys)
    dependencies.logger.info({ identity: identityName(own) }, 'enrolled')
    const tls = new TlsIdentity(enrolled.credentials, enrolled.bundle, dependencies.clock)
    return new EnrolledIdentity(tls, files, options, dependencies)
  }

  async start(): Promise<void> {
    this.#plan()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#writing
  }

  /**
   * Takes a bundle that came over an authenticated channel; kept for the next start as well.
   * @throws {RookeryError} IDENTITY_INVALID.
   */
  takeBundle(value: unknown): void {
    const bundle = checkedBundle(value)
    if (this.tls.replaceBundle(bundle)) this.#keepBundle(bundle)
  }

  #keepBundle(bundle: TrustBundle): void {
    const { logger } = this.#dependencies
    logger.info({ version: bundle.version, revoked: bundle.revokedSerials.length }, 'trust bundle taken')
    this.#writing = this.#writing
      .then(() => this.#files.keepBundle(bundle))
      .catch((error) => logger.error(`the trust bundle cannot be kept: ${errorMessage(error)}`))
  }

  #plan(): void {
    const { clock, random } = this.#dependencies
    const { validFromDate, validToDate } = this.tls.certificate
    const [fromMs, toMs] = [validFromDate.getTime(), validToDate.getTime()]
    const dueMs = fromMs + (toMs - fromMs) * jittered(renewalShare, jitter, random)
    const waitMs = Math.max(0, dueMs - clock.now())
    this.#timer = clock.after(Math.min(waitMs, longestWaitMs), () => {
      if (clock.now() < dueMs) this.#plan()
      else void this.#renew()
    })
  }

  async #renew(): Promise<void> {
    const { own, coordinatorUrl } = this.#options
    const { clock, random, logger } = this.#dependencies
    try {
      const enrolled = await renew(coordinatorUrl, this.tls, own)
      await this.#files.keepCredentials(enrolled.credentials)
      this.tls.replaceCredentials(enrolled.credentials)
      if (this.tls.replaceBundle(enrolled.bundle)) this.#keepBundle(enrolled.bundle)
      logger.info({ validTo: this.tls.certificate.validTo }, 'certificate renewed')
      if (!this.#isStopped) this.#plan()
    } catch (error) {
      const { code, message } = toRookeryError(error)
      logger.warn({ code, validTo: this.tls.certificate.validTo }, `certificate not renewed: ${message}`)
      if (!this.#isStopped) this.#timer = clock.after(jittered(retryMs, jitter, random), () => void this.#renew())
    }
  }
}

async function enrolAnew(options: Options, { clock }: Dependencies): Promise<Enrolled> {
  const { own, coordinatorUrl, joinTokenFile } = options
  if (joinTokenFile === undefined) {
    throw new RookeryError(
      'IDENTITY_INVALID',
      `${identityName(own)} has no identity yet: give it a join token in coordinator.joinTokenFile (rookery join-token create)`,
    )
  }
  const text = await readFile(joinTokenFile, 'utf8').catch((error) => {
    throw new RookeryError('FILE_UNREADABLE', `cannot read the join token: ${errorMessage(error)}`, { cause: error })
  })
  return enrol(coordinatorUrl, parseJoinToken(text), own, clock)
}

async function keep(files: IdentityFiles, { credentials, bundle }: Enrolled): Promise<void> {
  await files.keepBundle(bundle)
  await files.keepCredentials(credentials)
}
