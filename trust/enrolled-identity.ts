import { readFile } from 'node:fs/promises'
import type { Clock, Timer } from '../runtime/clock.ts'
import { errorMessage, RookeryError, toRookeryError } from '../runtime/errors.ts'
import type { Component } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { jittered, type Random } from '../runtime/random.ts'
import { enrol, renew } from './enrolment.ts'
import { type Identity, identityName, identityOf, isSameIdentity } from './identity.ts'
import { IdentityFiles } from './identity-files.ts'
import { type JoinToken, parseJoinToken } from './join-token.ts'
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
    const { clock, logger } = dependencies
    const files = new IdentityFiles(dataDirectory)
    const kept = await files.load()
    const known = kept && new TlsIdentity(kept.credentials, kept.bundle, clock)
    const fault = known && faultOf(known, own)
    const create = (tls: TlsIdentity) => new EnrolledIdentity(tls, files, options, dependencies)
    const token = await readToken(options, known === undefined || fault !== undefined)
    // Another token than the one we joined with is an operator's wish that we join anew, as after a revocation.
    if (known && fault === undefined && (!token || token.id === kept.joinedWith)) return create(known)
    if (fault !== undefined) logger.warn(`the identity in ${dataDirectory} is of no use (${fault}): enrolling anew`)
    try {
      const tls = await joinFleet(options, token!, files, clock)
      logger.info({ identity: identityName(own) }, 'enrolled')
      return create(tls)
    } catch (error) {
      if (!known || fault !== undefined) throw error
      logger.warn(`not enrolled anew, going on as before: ${errorMessage(error)}`)
      return create(known)
    }
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

/** Why this one cannot go on with what it has. A machine that was given another name, or a copied disk, must not. */
function faultOf(tls: TlsIdentity, own: Identity): string | undefined {
  const holder = identityOf(tls.certificate)
  if (!holder || !isSameIdentity(holder, own)) return `it is for ${holder ? identityName(holder) : 'nobody'}`
  return tls.refuse(tls.certificate)
}

async function joinFleet(
  { own, coordinatorUrl }: Options,
  token: JoinToken,
  files: IdentityFiles,
  clock: Clock,
): Promise<TlsIdentity> {
  const { credentials, bundle, releaseKeys } = await enrol(coordinatorUrl, token, own, clock)
  await files.keepReleaseKeys(releaseKeys)
  await files.keepBundle(bundle)
  await files.keepCredentials(credentials)
  await files.keepJoinedWith(token.id)
  return new TlsIdentity(credentials, bundle, clock)
}

/** Undefined where there is none and none is needed. */
async function readToken({ own, joinTokenFile }: Options, isNeeded: boolean): Promise<JoinToken | undefined> {
  if (joinTokenFile === undefined && !isNeeded) return undefined
  if (joinTokenFile === undefined) {
    throw new RookeryError(
      'IDENTITY_INVALID',
      `${identityName(own)} has no identity yet: give it a join token in coordinator.joinTokenFile (rookery join-token create)`,
    )
  }
  try {
    return parseJoinToken(await readFile(joinTokenFile, 'utf8'))
  } catch (error) {
    // It may be deleted once it was used.
    if (!isNeeded) return undefined
    if (error instanceof RookeryError) throw error
    throw new RookeryError('FILE_UNREADABLE', `cannot read the join token: ${errorMessage(error)}`, { cause: error })
  }
}
